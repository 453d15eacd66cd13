package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.ObjectBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/// Hands a body to the SDK, and remembers when it was the body that failed: then the store is not to blame.
///
/// Thread-safe enough for one request at a time.
final class S3Body implements ContentStreamProvider {
    private final ObjectBody body;
    private volatile @Nullable IOException failure;

    S3Body(ObjectBody body) {
        this.body = body;
    }

    RequestBody asRequestBody() {
        return RequestBody.fromContentProvider(this, body.bytes(), "application/octet-stream");
    }

    /// Returns why the body could not be read, or null if it could.
    @Nullable IOException failure() {
        return failure;
    }

    @Override
    public InputStream newStream() {
        try {
            return new Watched(body.open());
        } catch (IOException e) {
            failure = e;
            throw new UncheckedIOException(e);
        }
    }

    private final class Watched extends FilterInputStream {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
