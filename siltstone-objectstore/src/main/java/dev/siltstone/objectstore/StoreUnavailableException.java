package dev.siltstone.objectstore;

import org.jspecify.annotations.Nullable;

/// The store cannot be reached, is too busy, or could not read. Nothing changed; a retry helps, later.
public final class StoreUnavailableException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryHelps() {
        return true;
    }
}
