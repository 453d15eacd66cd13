package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.io.Serial;

/// The source database cannot be replicated as it is. The message says what is wrong with it and what would be
/// right; trying again without a change does not help.
public final class SourceException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    SourceException(String message) {
        super(message);
    }

    SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
