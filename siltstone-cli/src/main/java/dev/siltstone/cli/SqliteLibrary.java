package dev.siltstone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, unpacked once into the user's cache directory.
///
/// The driver would unpack it into the temporary directory at each start, and leave it there whenever the process is
/// killed. Here its name holds its checksum, and what is found under it is compared byte for byte before
/// it is used.
final class SqliteLibrary {
    private static final String PATH_PROPERTY = "org.sqlite.lib.path";
    private static final String NAME_PROPERTY = "org.sqlite.lib.name";

    private SqliteLibrary() {}

    /// Makes the library ready; to be called before SQLite is used for the first time. Without a cache directory
    /// that can be written the driver does as it always does.
    static void prepare(Map<String, String> environment) {
        Optional<Path> cache = cacheDirectory(environment);
        if (cache.isEmpty() || System.getProperty(PATH_PROPERTY) != null) {
            return;
        }
        try {
            Path directory = cache.get().resolve("siltstone");
            Path library = unpacked(directory);
            System.setProperty(PATH_PROPERTY, directory.toString());
            System.setProperty(NAME_PROPERTY, library.getFileName().toString());
        } catch (IOException e) {
            // The driver's own way is slower, not worse.
        }
    }

    private static Optional<Path> cacheDirectory(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (cache.startsWith("/")) {
            return Optional.of(Path.of(cache));
        }
        String home = environment.getOrDefault("HOME", "");
        return home.startsWith("/") ? Optional.of(Path.of(home, ".cache")) : Optional.empty();
    }

    private static Path unpacked(Path directory) throws IOException {
        byte[] library = packed();
        Path file = directory.resolve(name(library));
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), library)) {
            return file;
        }
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path staging = Files.createTempFile(directory, "unpacking", ".tmp");
        try {
            Files.write(staging, library);
            Files.move(
                    staging,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(staging);
        }
        return file;
    }

    private static byte[] packed() throws IOException {
        String resource =
                LibraryLoaderUtil.getNativeLibResourcePath()
                        + "/"
                        + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("there is no SQLite for this system: " + resource);
            }
            return in.readAllBytes();
        }
    }

    private static String name(byte[] library) {
        CRC32C crc = new CRC32C();
        crc.update(library);
        return "sqlite-%s-%s"
                .formatted(
                        HexFormat.of().toHexDigits((int) crc.getValue()),
                        LibraryLoaderUtil.getNativeLibName());
    }
}
