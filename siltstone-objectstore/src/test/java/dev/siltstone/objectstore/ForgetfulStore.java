package dev.siltstone.objectstore;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// A store that keeps no user metadata.
final class ForgetfulStore implements ObjectStore {
    private final ObjectStore store;

    ForgetfulStore(ObjectStore store) {
        this.store = store;
    }

    private static PutOptions without(PutOptions options) {
        return new PutOptions(Map.of(), options.modified());
    }

    @Override
    public boolean keepsMetadata() {
        return false;
    }

    @Override
    public boolean setsModified() {
        return store.setsModified();
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return store.get(key);
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        return store.get(key, start, bytes);
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        return store.head(key);
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return store.put(key, body, without(options));
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        return store.putIfAbsent(key, body, without(options));
    }

    @Override
    public ObjectPage list(String prefix, String after) throws IOException {
        return store.list(prefix, after);
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        store.delete(key);
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        store.delete(keys);
    }

    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        return store.startUpload(key, without(options));
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        return store.putPart(upload, number, body);
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        return store.listParts(upload);
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        return store.completeUpload(upload, parts);
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        return store.completeUploadIfAbsent(upload, parts);
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        store.abortUpload(upload);
    }

    @Override
    public long partBytesMin() {
        return store.partBytesMin();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
