package dev.siltstone.objectstore;

import org.jspecify.annotations.Nullable;

/// The store does not do this: it is the wrong store, or the request is wrong. Nothing changed; a retry does
/// not help.
public final class StoreRefusedException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public StoreRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryHelps() {
        return false;
    }
}
