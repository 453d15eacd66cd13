package dev.siltstone.stream;

/// A text that should be JSON and is not. The message says what is wrong and at which byte.
public final class InvalidJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidJsonException(String message) {
        super(message);
    }
}
