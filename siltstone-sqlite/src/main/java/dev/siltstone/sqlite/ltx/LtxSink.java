package dev.siltstone.sqlite.ltx;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Takes the bytes of a file in their order.
@FunctionalInterface
public interface LtxSink {
    /// Takes all remaining bytes; the buffer is used again after the call.
    void write(ByteBuffer bytes) throws IOException;

    /// Writes into an empty file; nothing is forced.
    static LtxSink of(DiskFile file) {
        long[] end = {0};
        return bytes -> {
            int length = bytes.remaining();
            file.write(bytes, end[0]);
            end[0] += length;
        };
    }

    /// Writes into a stream; nothing is flushed.
    static LtxSink of(OutputStream stream) {
        byte[] copy = new byte[8192];
        return bytes -> {
            while (bytes.hasRemaining()) {
                int length = Math.min(copy.length, bytes.remaining());
                bytes.get(copy, 0, length);
                stream.write(copy, 0, length);
            }
        };
    }
}
