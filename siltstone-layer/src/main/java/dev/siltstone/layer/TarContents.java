package dev.siltstone.layer;

import java.io.Closeable;
import java.io.IOException;

/// The data of one entry while it is read, from its first byte to its last.
///
/// Not thread-safe.
public interface TarContents extends Closeable {
    /// Reads the next `length` bytes; holes that were not skipped read as zeros.
    ///
    /// @throws IOException if there are fewer: the file became shorter
    void read(byte[] target, int start, int length) throws IOException;

    /// Goes past a hole.
    void skip(long bytes) throws IOException;

    /// Ends the reading.
    ///
    /// @throws IOException if the file changed meanwhile, when all was read
    @Override
    void close() throws IOException;
}
