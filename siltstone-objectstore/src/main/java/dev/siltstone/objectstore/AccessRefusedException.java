package dev.siltstone.objectstore;

import org.jspecify.annotations.Nullable;

/// The store knows us not, or does not let us do this. Nothing changed; a retry does not help until
/// credentials or permissions are other ones.
public final class AccessRefusedException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public AccessRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryHelps() {
        return false;
    }
}
