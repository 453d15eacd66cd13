package dev.siltstone.objectstore;

import dev.siltstone.io.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// Bytes to be put: of known length, and readable again and again, because a put may have to be repeated.
///
/// Thread-safe, as long as the bytes stay as they are.
public interface ObjectBody {
    /// Returns how many bytes there are.
    long bytes();

    /// Opens a stream of exactly [#bytes()] bytes, from the first. The caller closes it.
    ///
    /// @throws IOException if they cannot be read; a stream that ends early throws too
    InputStream open() throws IOException;

    /// Returns the part that begins at `start` and is `bytes` long.
    ///
    /// @throws IndexOutOfBoundsException if it does not lie within
    ObjectBody region(long start, long bytes);

    /// Returns bytes in memory, which are not copied and must not change.
    static ObjectBody of(byte[] bytes) {
        return new MemoryBody(bytes, 0, bytes.length);
    }

    /// Returns bytes of a file, opened for each reading.
    static ObjectBody of(Disk disk, Path path, long start, long bytes) {
        return new FileBody(disk, path, start, bytes);
    }

    /// Returns a whole file as it is now; it must not change.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    static ObjectBody of(Disk disk, Path path) throws IOException {
        return new FileBody(disk, path, 0, disk.facts(path).bytes());
    }
}
