package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// An upload in parts to a directory.
///
/// | path below `.siltstone-uploads/` | content |
/// |---|---|
/// | `<id>/upload` | text, UTF-8, a line each: `siltstone-upload 1`, `key <key>`, `modified <RFC 3339>` or nothing, `meta <name> <value>` each |
/// | `<id>/<number %05d>-<CRC-32C %08x>` | a part; number and checksum are its ETag |
///
/// Both are forced before they are told of, so an upload survives a crash.
///
/// Thread-safe for different parts.
final class DirectoryUpload {
    private static final String FOLDER = DirectoryStaging.RESERVED + "uploads";
    private static final String MANIFEST = "upload";
    private static final String MAGIC = "siltstone-upload 1";
    private static final int MANIFEST_BYTES_MAX = 16 << 10;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern PART = Pattern.compile("(\\d{5})-([0-9a-f]{8})");
    private static final int READ_BYTES = 1 << 18;

    private final Disk disk;
    private final DirectoryStaging staging;
    private final Path folder;
    private final UploadId id;
    private final PutOptions options;

    private DirectoryUpload(
            Disk disk, DirectoryStaging staging, Path folder, UploadId id, PutOptions options) {
        this.disk = disk;
        this.staging = staging;
        this.folder = folder;
        this.id = id;
        this.options = options;
    }

    static DirectoryUpload start(
            Disk disk, Path root, DirectoryStaging staging, ObjectKey key, PutOptions options)
            throws IOException {
        UploadId id = new UploadId(key, staging.uniqueName(), options.writerToken());
        Path folder = root.resolve(FOLDER).resolve(id.id());
        disk.createDirectories(folder);
        Path staged =
                staging.write(
                        folder,
                        List.of(ObjectBody.of(manifest(key, options).getBytes(UTF_8))),
                        file -> {});
        disk.rename(staged, folder.resolve(MANIFEST));
        disk.forceDirectory(folder);
        return new DirectoryUpload(disk, staging, folder, id, options);
    }

    private static String manifest(ObjectKey key, PutOptions options) {
        StringBuilder text = new StringBuilder(MAGIC).append("\nkey ").append(key).append('\n');
        if (options.modified() != null) {
            text.append("modified ").append(options.modified()).append('\n');
        }
        new TreeMap<>(options.metadata())
                .forEach((name, value) ->
                        text.append("meta ").append(name).append(' ').append(value).append('\n'));
        return text.toString();
    }

    /// @return nothing if there is no such upload
    static Optional<DirectoryUpload> open(
            Disk disk, Path root, DirectoryStaging staging, UploadId id) throws IOException {
        if (!ID.matcher(id.id()).matches()) {
            return Optional.empty();
        }
        Path folder = root.resolve(FOLDER).resolve(id.id());
        try (DiskFile file = disk.openForReading(folder.resolve(MANIFEST))) {
            return Optional.of(
                    new DirectoryUpload(disk, staging, folder, id, options(file, id.key())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static PutOptions options(DiskFile file, ObjectKey key) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MANIFEST_BYTES_MAX);
        file.read(bytes, 0);
        List<String> lines = UTF_8.decode(bytes.flip()).toString().lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(MAGIC) || !lines.get(1).equals("key " + key)) {
            throw new StoreRefusedException(
                    "%s: is no upload of %s that this version knows".formatted(file.path(), key),
                    null);
        }
        return options(file, lines.subList(2, lines.size()));
    }

    private static PutOptions options(DiskFile file, List<String> lines) throws IOException {
        Map<String, String> metadata = new TreeMap<>();
        @Nullable Instant modified = null;
        try {
            for (String line : lines) {
                String[] words = line.split(" ", 3);
                if (words[0].equals("modified")) {
                    modified = Instant.parse(words[1]);
                } else {
                    metadata.put(words[1], words[2]);
                }
            }
            return new PutOptions(metadata, modified);
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new StoreRefusedException(file.path() + ": is damaged: " + e.getMessage(), e);
        }
    }

    UploadId id() {
        return id;
    }

    PutOptions options() {
        return options;
    }

    UploadedPart put(int number, ObjectBody body) throws IOException {
        UploadedPart part = new UploadedPart(number, body.bytes(), checksum(body));
        Path staged = staging.write(folder, List.of(body), file -> {});
        disk.rename(staged, path(part));
        for (UploadedPart other : parts()) {
            if (other.number() == number && !other.etag().equals(part.etag())) {
                disk.delete(path(other));
            }
        }
        disk.forceDirectory(folder);
        return part;
    }

    private static String checksum(ObjectBody body) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream stream = body.open()) {
            for (int read; (read = stream.read(buffer)) >= 0; ) {
                checksum.update(buffer, 0, read);
            }
        }
        return "%08x".formatted(checksum.getValue());
    }

    /// Returns the parts that have arrived, by number.
    List<UploadedPart> parts() throws IOException {
        List<UploadedPart> parts = new ArrayList<>();
        for (Path path : disk.list(folder)) {
            Matcher part = PART.matcher(path.getFileName().toString());
            if (part.matches()) {
                parts.add(
                        new UploadedPart(
                                Integer.parseInt(part.group(1)),
                                disk.facts(path).bytes(),
                                part.group(2)));
            }
        }
        parts.sort(Comparator.comparingInt(UploadedPart::number));
        return parts;
    }

    ObjectBody body(UploadedPart part) {
        return ObjectBody.of(disk, path(part), 0, part.bytes());
    }

    private Path path(UploadedPart part) {
        return folder.resolve("%05d-%s".formatted(part.number(), part.etag()));
    }

    /// Ends the upload: without its manifest it is none, so that goes first.
    void remove() throws IOException {
        disk.delete(folder.resolve(MANIFEST));
        disk.forceDirectory(folder);
        for (Path path : disk.list(folder)) {
            disk.delete(path);
        }
        disk.delete(folder);
    }
}
