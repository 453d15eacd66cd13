package dev.siltstone.bench;

import java.util.Set;
import java.util.TreeSet;

/// One writer on one stream: which of its messages were acknowledged.
final class Lane {
    /// So many messages without an answer are remembered; more end the run.
    static final int UNKNOWN_MAX = 100_000;

    private final int number;
    private final int stream;
    private final Set<Long> unknown = new TreeSet<>();
    private long next;
    private long acknowledged;

    Lane(int number, int stream) {
        this.number = number;
        this.stream = stream;
    }

    int number() {
        return number;
    }

    int stream() {
        return stream;
    }

    /// Returns the number that the next message has.
    long next() {
        return next;
    }

    /// Returns how many messages were acknowledged.
    long acknowledged() {
        return acknowledged;
    }

    /// The next `count` messages are in the stream.
    void acknowledge(int count) {
        next += count;
        acknowledged += count;
    }

    /// The next message may be in the stream or not.
    ///
    /// @throws LoadFailedException if that is so for too many to remember
    void lose() throws LoadFailedException {
        if (unknown.size() == UNKNOWN_MAX) {
            throw new LoadFailedException(
                    UNKNOWN_MAX + " requests of one writer got no answer; the run is given up");
        }
        unknown.add(next++);
    }

    /// Says whether nobody knows if message `of` is in the stream.
    boolean isUnknown(long of) {
        return unknown.contains(of);
    }
}
