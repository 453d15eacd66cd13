package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// Something is in the way at the place that a database is to be restored to. Nothing changed; trying again
/// helps once it is out of the way.
public final class RestoreRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RestoreRefusedException(String message) {
        super(message);
    }
}
