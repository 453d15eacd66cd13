package dev.siltstone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// The version of this program, as it was built.
final class Version implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    /// Returns for example `0.1.0`.
    static String number() throws IOException {
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        }
    }

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"siltstone " + number()};
    }
}
