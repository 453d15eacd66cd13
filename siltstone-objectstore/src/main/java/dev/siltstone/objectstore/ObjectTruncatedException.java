package dev.siltstone.objectstore;

/// The bytes of an object stopped coming before its end: the connection broke, not the object. A retry helps.
public final class ObjectTruncatedException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ObjectTruncatedException(ObjectKey key, long expectedBytes, long receivedBytes) {
        super(
                "object %s: received %d of %d bytes".formatted(key, receivedBytes, expectedBytes),
                null);
    }

    @Override
    public boolean retryHelps() {
        return true;
    }
}
