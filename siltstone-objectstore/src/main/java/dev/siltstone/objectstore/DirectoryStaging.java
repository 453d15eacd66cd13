package dev.siltstone.objectstore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Files of a [DirectoryStore] that are not objects yet: `.siltstone-<milliseconds>-<random>.tmp`, both 16 hex
/// digits. The time in the name is when it was begun; the file's own time may be set to anything.
///
/// Thread-safe.
final class DirectoryStaging {
    /// What names of the store's own begin with.
    static final String RESERVED = ".siltstone-";

    private static final Pattern STAGED =
            Pattern.compile("\\.siltstone-([0-9a-f]{16})-[0-9a-f]{16}\\.tmp");
    private static final Duration KEPT = Duration.ofHours(1);
    private static final int WRITE_BYTES = 1 << 18;

    /// What is done to a file when all its bytes are written, before it is forced.
    @FunctionalInterface
    interface Marking {
        void mark(Path file) throws IOException;
    }

    private final Disk disk;
    private final InstantSource clock;
    private final RandomGenerator random;

    DirectoryStaging(Disk disk, InstantSource clock, RandomGenerator random) {
        this.disk = disk;
        this.clock = clock;
        this.random = random;
    }

    static boolean isReserved(ObjectKey key) {
        return key.value().startsWith(RESERVED) || key.value().contains("/" + RESERVED);
    }

    static boolean isReserved(String name) {
        return name.startsWith(RESERVED);
    }

    /// Returns 16 hex digits that nobody else has.
    String uniqueName() {
        synchronized (random) {
            return "%016x".formatted(random.nextLong());
        }
    }

    private Path newPath(Path directory) {
        return directory.resolve(
                "%s%016x-%s.tmp".formatted(RESERVED, clock.millis(), uniqueName()));
    }

    /// Writes bodies one after the other into a new file, and forces it.
    Path write(Path directory, List<ObjectBody> bodies, Marking marking) throws IOException {
        Path path = newPath(directory);
        try (DiskFile file = disk.create(path)) {
            long at = 0;
            for (ObjectBody body : bodies) {
                at = append(file, at, body);
            }
            marking.mark(path);
            file.forceWithMetadata();
            return path;
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            drop(path, e);
            throw e;
        }
    }

    private static long append(DiskFile file, long filePosition, ObjectBody body)
            throws IOException {
        byte[] buffer = new byte[(int) Math.clamp(body.bytes(), 1, WRITE_BYTES)];
        long at = filePosition;
        try (InputStream stream = body.open()) {
            for (int read; (read = stream.read(buffer)) >= 0; at += read) {
                file.write(ByteBuffer.wrap(buffer, 0, read), at);
            }
        }
        if (at - filePosition != body.bytes()) {
            throw new IOException(
                    "%s: gave %d bytes, announced were %d"
                            .formatted(body, at - filePosition, body.bytes()));
        }
        return at;
    }

    /// Removes a staging file after a failure, as far as that works.
    void drop(Path staged, Exception cause) {
        try {
            if (disk.exists(staged)) {
                disk.delete(staged);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /// Removes staging files below a directory that nobody can still be writing, and forces every directory:
    /// what is listed is durable, whoever put it.
    void sweep(Path directory) throws IOException {
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            Matcher staged = STAGED.matcher(name);
            if (staged.matches()) {
                long begun = Long.parseUnsignedLong(staged.group(1), 16);
                if (clock.millis() - begun > KEPT.toMillis()) {
                    removeIfThere(path);
                }
            } else if (isDirectory(path)) {
                sweep(path);
            }
        }
        disk.forceDirectory(directory);
    }

    private boolean isDirectory(Path path) throws IOException {
        try {
            return disk.facts(path).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void removeIfThere(Path path) throws IOException {
        if (disk.exists(path)) {
            disk.delete(path);
        }
    }

    /// Proves that a link to a name that is taken fails.
    void proveLinks(Path directory) throws IOException {
        Path one = newPath(directory);
        Path other = newPath(directory);
        disk.create(one).close();
        try {
            disk.link(one, other);
            proveTaken(one, other);
        } catch (FileSystemException | UnsupportedOperationException e) {
            throw new StoreRefusedException(
                    directory
                            + ": the file system has no hard links, so two writers could destroy each"
                            + " other's data; use another one, or S3",
                    e);
        } finally {
            disk.delete(one);
            removeIfThere(other);
        }
    }

    private void proveTaken(Path one, Path other) throws IOException {
        try {
            disk.link(one, other);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        throw new StoreRefusedException(
                other + ": a link replaced a file; put-if-absent cannot work here", null);
    }
}
