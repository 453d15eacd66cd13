package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// The state that is wanted cannot be made of the files that are there. Trying again does not help; another
/// target may.
public final class NoSuchStateException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchStateException(String message) {
        super(message);
    }
}
