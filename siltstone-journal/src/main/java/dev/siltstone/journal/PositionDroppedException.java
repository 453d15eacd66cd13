package dev.siltstone.journal;

import java.io.IOException;

/// A position was asked for that [Journal#dropBefore] let go of.
public final class PositionDroppedException extends IOException {
    private static final long serialVersionUID = 1;

    PositionDroppedException(String message) {
        super(message);
    }
}
