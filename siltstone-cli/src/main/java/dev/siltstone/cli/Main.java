package dev.siltstone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// Where the program starts.
final class Main {
    private static final int EXIT_USAGE = 64;

    private Main() {}

    public static void main(String[] args) throws IOException {
        if (args.length == 1 && args[0].equals("version")) {
            System.out.println("siltstone " + version());
            return;
        }
        System.err.println("usage: siltstone version");
        System.exit(EXIT_USAGE);
    }

    private static String version() throws IOException {
        try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the jar");
            }
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        }
    }
}
