package dev.siltstone.objectstore;

import dev.siltstone.io.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/// Reads a region of a file, and throws if the file ends before it. Closes the file with itself.
///
/// Not thread-safe.
final class FileRegionStream extends InputStream {
    private final DiskFile file;
    private final long end;
    private final long start;
    private long at;
    private long mark;

    FileRegionStream(DiskFile file, long start, long bytes) {
        this.file = file;
        this.start = start;
        this.at = start;
        this.mark = start;
        this.end = Math.addExact(start, bytes);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (at == end) {
            return -1;
        }
        int wanted = (int) Math.min(length, end - at);
        int read = file.read(ByteBuffer.wrap(target, offset, wanted), at);
        if (read == 0) {
            throw new EOFException(
                    "%s: ends at file position %d, should have %d bytes from %d"
                            .formatted(file.path(), at, end - start, start));
        }
        at += read;
        return read;
    }

    @Override
    public long skip(long bytes) {
        long skipped = Math.clamp(bytes, 0, end - at);
        at += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - at);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public synchronized void mark(int readLimit) {
        mark = at;
    }

    @Override
    public synchronized void reset() {
        at = mark;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
