package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.io.Serial;

/// The WAL is not what a holder should have kept it: frames that were expected are gone or changed. Whatever
/// the reason, how it goes on must be decided anew, as at a start.
final class LostHoldException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    LostHoldException(String message) {
        super(message);
    }
}
