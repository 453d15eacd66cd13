package dev.siltstone.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/// Reads a range, and when the bytes stop coming asks for the rest of it.
///
/// Not thread-safe.
final class ResumingStream extends InputStream {
    private final ObjectStore store;
    private final ObjectKey key;
    private final ObjectInfo info;
    private final long end;
    private final Attempts attempts;
    private InputStream stream;
    private long at;

    ResumingStream(ObjectStore store, ObjectKey key, ObjectContent content, Attempts attempts) {
        this.store = store;
        this.key = key;
        this.info = content.info();
        this.at = content.start();
        this.end = content.start() + content.bytes();
        this.stream = content.stream();
        this.attempts = attempts;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        while (true) {
            if (at == end) {
                return length == 0 ? 0 : -1;
            }
            try {
                int read = stream.read(target, offset, length);
                if (read > 0) {
                    at += read;
                    attempts.progress();
                }
                return read;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                again(e);
            }
        }
    }

    /// Opens the rest; what is left of the attempts is shared with that.
    private void again(IOException cause) throws IOException {
        stream.close();
        ObjectStoreException failure =
                cause instanceof ObjectStoreException known
                        ? known
                        : new StoreUnavailableException(
                                "%s: reading %s broke off at byte %d: %s"
                                        .formatted(store, key, at, cause.getMessage()),
                                cause);
        while (true) {
            attempts.failed(failure);
            try {
                stream = reopen();
                return;
            } catch (ObjectStoreException e) {
                failure = e;
            }
        }
    }

    private InputStream reopen() throws IOException {
        ObjectContent rest = store.get(key, at, end - at);
        if (!rest.info().etag().equals(info.etag()) || rest.info().bytes() != info.bytes()) {
            rest.close();
            throw new StoreRefusedException(
                    "%s: %s was replaced while it was being read".formatted(store, key), null);
        }
        return rest.stream();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
