package dev.siltstone.stream;

import java.io.IOException;

/// The log has more to do than it takes. Nothing happened; trying again in a while helps.
public final class LogBusyException extends IOException {
    private static final long serialVersionUID = 1;

    LogBusyException(String message) {
        super(message);
    }
}
