package dev.siltstone.cli;

import org.jspecify.annotations.Nullable;

/// How far a live read has come: everything before it has been written out. Survives the connection.
///
/// Not thread-safe.
final class Place {
    private String offset;
    private @Nullable String cursor;
    private boolean closed;
    private long steps;

    Place(String offset) {
        this.offset = offset;
    }

    /// @param cursor what the server wants back with the next request, or `null`
    /// @param closed whether the stream ends here
    void advance(String offset, @Nullable String cursor, boolean closed) {
        this.offset = offset;
        this.cursor = cursor;
        this.closed = closed;
        steps++;
    }

    String offset() {
        return offset;
    }

    @Nullable String cursor() {
        return cursor;
    }

    boolean closed() {
        return closed;
    }

    /// Returns how often this advanced: an answer without content counts as well.
    long steps() {
        return steps;
    }
}
