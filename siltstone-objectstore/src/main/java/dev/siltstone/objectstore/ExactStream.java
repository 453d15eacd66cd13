package dev.siltstone.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Gives exactly as many bytes as were announced, or throws.
///
/// Not thread-safe.
public final class ExactStream extends FilterInputStream {
    private final ObjectKey key;
    private final long bytes;
    private long left;

    /// @param bytes that the stream is to give; what comes after is not read
    public ExactStream(InputStream in, ObjectKey key, long bytes) {
        super(in);
        this.key = key;
        this.bytes = bytes;
        this.left = bytes;
    }

    /// Returns how many bytes have not been read.
    public long left() {
        return left;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = in.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new ObjectTruncatedException(key, bytes, bytes - left);
        }
        left -= read;
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(Math.min(count, left));
        left -= skipped;
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
