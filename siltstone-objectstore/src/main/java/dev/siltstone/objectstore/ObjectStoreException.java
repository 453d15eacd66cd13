package dev.siltstone.objectstore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A request to a store failed. The type says what that means for the caller.
public abstract sealed class ObjectStoreException extends IOException
        permits NoSuchObjectException,
                NoSuchUploadException,
                ObjectRangeException,
                ObjectTruncatedException,
                StoreUnavailableException,
                StoreRefusedException,
                AccessRefusedException,
                EffectUnknownException {
    private static final long serialVersionUID = 1L;

    ObjectStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Returns whether the same request may succeed later, with nothing else changed.
    public abstract boolean retryHelps();

    /// Returns whether the request may have done what it should although it failed.
    public boolean effectUnknown() {
        return false;
    }
}
