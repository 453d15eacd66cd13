package dev.siltstone.journal;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The journal takes no more entries: a write or force failed, a file was removed, or it is closed. Final
/// until it is opened again. What was staged when it failed may or may not be found then; what was durable
/// will be.
public final class JournalFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    JournalFailedException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Tells what failed before, to a later caller.
    JournalFailedException(JournalFailedException before) {
        super(Objects.requireNonNull(before.getMessage()), before);
    }
}
