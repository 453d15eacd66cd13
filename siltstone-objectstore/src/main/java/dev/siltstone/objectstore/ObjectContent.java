package dev.siltstone.objectstore;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/// An object, or a range of one, as it is being read. Whoever asked for it closes it, whether or not all was
/// read; closing early is cheap.
///
/// Not thread-safe; one thread reads.
///
/// @param info what the store told with it; `bytes` is the size of the whole object
/// @param start first byte of the range
/// @param bytes how many bytes the stream gives
/// @param stream ends after exactly `bytes`; when the bytes stop coming before that, it throws
///     [ObjectTruncatedException] or another `IOException` and never ends early in silence
public record ObjectContent(ObjectInfo info, long start, long bytes, InputStream stream)
        implements Closeable {

    /// Reads all that is left.
    ///
    /// @throws IOException if the bytes stop coming before the end
    public byte[] readAll() throws IOException {
        return stream.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
