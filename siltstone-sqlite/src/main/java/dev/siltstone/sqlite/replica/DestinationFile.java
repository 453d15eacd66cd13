package dev.siltstone.sqlite.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// A small file beside the captures that says where a database is replicated to, for those who ask how it
/// stands. A replicator writes it when it starts and never reads it.
///
/// UTF-8 text, each line ended by a newline:
///
/// | line     | what                                            |
/// |---------:|-------------------------------------------------|
/// |        1 | `siltstone destination 1`                       |
/// | 2 and on | the URL of a destination, directories absolute  |
public final class DestinationFile {
    static final String NAME = "destination";

    private static final String TITLE = "siltstone destination 1";
    private static final int BYTES_MAX = 1 << 16;

    private DestinationFile() {}

    /// Writes the file, durably; what was there is replaced as a whole.
    public static void write(Disk disk, MetaDirectory meta, List<String> urls) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap((TITLE + "\n" + String.join("\n", urls) + "\n").getBytes(UTF_8));
        if (bytes.remaining() > BYTES_MAX || urls.stream().anyMatch(url -> url.contains("\n"))) {
            throw new IOException("destinations that cannot be written down: " + urls);
        }
        disk.createDirectories(meta.own());
        Path staging = meta.own().resolve(NAME + ".tmp");
        if (disk.exists(staging)) {
            disk.delete(staging);
        }
        try (DiskFile file = disk.create(staging)) {
            file.write(bytes, 0);
            file.force();
        }
        disk.rename(staging, meta.own().resolve(NAME));
        disk.forceDirectory(meta.own());
    }

    /// Reads the file.
    ///
    /// @return the URLs; none if there is no such file
    /// @throws IOException if it cannot be read, or is another version's
    public static List<String> read(Disk disk, MetaDirectory meta) throws IOException {
        Path path = meta.own().resolve(NAME);
        if (!disk.exists(path)) {
            return List.of();
        }
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(bytes, 0);
        }
        List<String> lines = UTF_8.decode(bytes.flip()).toString().lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(TITLE)) {
            throw new IOException(
                    "%s: expected \"%s\" in the first line, found \"%s\"; start the replicator again to have it written anew"
                            .formatted(path, TITLE, lines.isEmpty() ? "" : lines.getFirst()));
        }
        return lines.subList(1, lines.size());
    }
}
