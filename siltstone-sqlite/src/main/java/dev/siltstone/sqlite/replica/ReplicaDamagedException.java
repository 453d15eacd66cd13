package dev.siltstone.sqlite.replica;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Files of a replica are each right but do not fit together, or what they make is not the database that they
/// say it is. Trying again does not help; another target may.
public final class ReplicaDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    ReplicaDamagedException(String message) {
        this(message, null);
    }

    ReplicaDamagedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
