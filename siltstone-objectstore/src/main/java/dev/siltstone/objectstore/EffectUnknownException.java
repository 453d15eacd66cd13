package dev.siltstone.objectstore;

import org.jspecify.annotations.Nullable;

/// A write got no answer, or one that says nothing: it may have happened. A retry helps, if what it finds is
/// compared with what was to be written ([RetryingStore] does that).
public final class EffectUnknownException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public EffectUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryHelps() {
        return true;
    }

    @Override
    public boolean effectUnknown() {
        return true;
    }
}
