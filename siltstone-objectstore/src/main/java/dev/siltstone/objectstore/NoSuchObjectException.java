package dev.siltstone.objectstore;

/// There is no object of that key. A retry does not help.
public final class NoSuchObjectException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public NoSuchObjectException(Object store, ObjectKey key) {
        super(store + ": there is no object " + key, null);
    }

    @Override
    public boolean retryHelps() {
        return false;
    }
}
