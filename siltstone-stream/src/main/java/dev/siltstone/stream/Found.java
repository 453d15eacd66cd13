package dev.siltstone.stream;

/// What a look-up of a path found.
public sealed interface Found {
    /// There it is.
    record Stream(StreamReader reader) implements Found {}

    /// Never created, deleted, or expired.
    record None() implements Found {}

    /// Deleted, kept for its forks.
    record SoftDeleted() implements Found {}
}
