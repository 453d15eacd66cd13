package dev.siltstone.bench;

import java.io.IOException;

/// The load could not be put on the server: it cannot be reached, or refuses what the load needs first.
public final class LoadFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    LoadFailedException(String message) {
        super(message);
    }
}
