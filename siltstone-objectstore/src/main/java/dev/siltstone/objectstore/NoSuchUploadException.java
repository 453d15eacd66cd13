package dev.siltstone.objectstore;

/// The upload was completed or aborted, or never started. A retry does not help; starting over does.
public final class NoSuchUploadException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public NoSuchUploadException(Object store, UploadId upload) {
        super(store + ": there is no " + upload + " (any more)", null);
    }

    @Override
    public boolean retryHelps() {
        return false;
    }
}
