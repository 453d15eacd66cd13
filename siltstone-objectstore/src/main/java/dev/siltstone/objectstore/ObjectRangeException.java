package dev.siltstone.objectstore;

/// The range begins at or past the end of the object. A retry does not help.
public final class ObjectRangeException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ObjectRangeException(Object store, ObjectKey key, long start) {
        super(store + ": object " + key + " has no byte " + start, null);
    }

    @Override
    public boolean retryHelps() {
        return false;
    }
}
