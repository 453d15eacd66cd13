package dev.siltstone.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what is asked of another store. Put it below the retries to count what is paid for, above them to
/// count what was wanted.
///
/// Thread-safe.
public final class MeteredStore implements ObjectStore {
    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException;
    }

    private final ObjectStore store;
    private final StoreMeter meter;

    /// @param store is closed with this
    public MeteredStore(ObjectStore store, StoreMeter meter) {
        this.store = store;
        this.meter = meter;
    }

    private <T> T counted(CallKind kind, Call<T> call) throws IOException {
        meter.request(kind);
        try {
            return call.make();
        } catch (IOException | RuntimeException e) {
            meter.failure(kind);
            throw e;
        }
    }

    private <T> T sent(CallKind kind, ObjectBody body, Call<T> call) throws IOException {
        meter.sent(kind, body.bytes());
        return counted(kind, call);
    }

    @Override
    public boolean keepsMetadata() {
        return store.keepsMetadata();
    }

    @Override
    public boolean setsModified() {
        return store.setsModified();
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return counting(counted(CallKind.GET, () -> store.get(key)));
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        return counting(counted(CallKind.GET, () -> store.get(key, start, bytes)));
    }

    private ObjectContent counting(ObjectContent content) {
        return new ObjectContent(
                content.info(),
                content.start(),
                content.bytes(),
                new CountingStream(content.stream()));
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        return counted(CallKind.HEAD, () -> store.head(key));
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return sent(CallKind.PUT, body, () -> store.put(key, body, options));
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        return sent(CallKind.PUT_IF_ABSENT, body, () -> store.putIfAbsent(key, body, options));
    }

    @Override
    public ObjectPage list(String prefix, @Nullable String after) throws IOException {
        return counted(CallKind.LIST, () -> store.list(prefix, after));
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        counted(
                CallKind.DELETE,
                () -> {
                    store.delete(key);
                    return key;
                });
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        counted(
                CallKind.DELETE_BATCH,
                () -> {
                    store.delete(keys);
                    return keys;
                });
    }

    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        return counted(CallKind.UPLOAD_START, () -> store.startUpload(key, options));
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        return sent(CallKind.UPLOAD_PART, body, () -> store.putPart(upload, number, body));
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        return counted(CallKind.UPLOAD_LIST_PARTS, () -> store.listParts(upload));
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        return counted(CallKind.UPLOAD_COMPLETE, () -> store.completeUpload(upload, parts));
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        return counted(
                CallKind.UPLOAD_COMPLETE_IF_ABSENT,
                () -> store.completeUploadIfAbsent(upload, parts));
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        counted(
                CallKind.UPLOAD_ABORT,
                () -> {
                    store.abortUpload(upload);
                    return upload;
                });
    }

    @Override
    public long partBytesMin() {
        return store.partBytesMin();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }

    private final class CountingStream extends FilterInputStream {
        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            meter.received(CallKind.GET, read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            meter.received(CallKind.GET, Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(bytes);
            meter.received(CallKind.GET, skipped);
            return skipped;
        }
    }
}
