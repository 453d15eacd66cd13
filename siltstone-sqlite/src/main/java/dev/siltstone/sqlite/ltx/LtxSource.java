package dev.siltstone.sqlite.ltx;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// A LTX file of which any part can be read: a local file, or an object in a store.
///
/// Implementations are thread-safe, so that several parts can be read at once.
public interface LtxSource {
    /// Returns the file's name, for messages.
    String file();

    /// Returns the file's length in bytes.
    long bytes();

    /// Opens the bytes from `start` (inclusive) to `end` (exclusive). A stream that loses its connection before
    /// the end must throw: one that just ends is taken for a file that was cut.
    ///
    /// @throws IOException if they cannot be read
    InputStream open(long start, long end) throws IOException;

    /// Opens the whole file.
    default InputStream open() throws IOException {
        return open(0, bytes());
    }

    /// Returns a local file as a source; it must stay open, and is not closed.
    static LtxSource of(DiskFile file) throws IOException {
        return new FileSource(file, file.size());
    }

    /// A local file.
    record FileSource(DiskFile disk, long bytes) implements LtxSource {
        @Override
        public String file() {
            return disk.path().toString();
        }

        @Override
        public InputStream open(long start, long end) {
            return new FileStream(disk, start, end);
        }
    }

    /// A part of a local file.
    final class FileStream extends InputStream {
        private final DiskFile file;
        private final long end;
        private long at;

        FileStream(DiskFile file, long start, long end) {
            this.file = file;
            this.at = start;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, end - at);
            if (length > 0 && wanted <= 0) {
                return -1;
            }
            int read = file.read(ByteBuffer.wrap(target, offset, wanted), at);
            at += read;
            return read == 0 && length > 0 ? -1 : read;
        }
    }
}
