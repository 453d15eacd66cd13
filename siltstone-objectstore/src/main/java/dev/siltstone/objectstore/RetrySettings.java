package dev.siltstone.objectstore;

/// How often a [RetryingStore] tries.
///
/// @param attemptsMax of one request, at least 1; for reading a body: in a row without a byte of progress
public record RetrySettings(int attemptsMax) {
    public RetrySettings {
        if (attemptsMax < 1) {
            throw new IllegalArgumentException("attempts " + attemptsMax);
        }
    }

    /// Returns 6 attempts.
    public static RetrySettings defaults() {
        return new RetrySettings(6);
    }
}
