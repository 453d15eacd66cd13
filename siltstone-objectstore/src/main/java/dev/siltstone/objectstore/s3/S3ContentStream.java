package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.ExactStream;
import dev.siltstone.objectstore.ObjectKey;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/// The body of an answer. Closed early it gives up the connection, unless what is left is less work than a new
/// one.
///
/// Not thread-safe.
final class S3ContentStream extends FilterInputStream {
    private static final long WORTH_READING_BYTES = 1 << 16;

    private final ResponseInputStream<?> response;
    private final ExactStream exact;
    private boolean broken;

    S3ContentStream(ResponseInputStream<?> response, ObjectKey key, long bytes) {
        super(new ExactStream(response, key, bytes));
        this.response = response;
        this.exact = (ExactStream) in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return exact.read(target, offset, length);
        } catch (IOException e) {
            broken = true;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (broken || exact.left() > WORTH_READING_BYTES) {
            response.abort();
        } else {
            exact.close();
        }
    }
}
