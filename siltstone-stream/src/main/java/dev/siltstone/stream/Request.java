package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// What waits in the log's queue.
sealed interface Request {
    /// From a client.
    ///
    /// @param fork where the fork begins, found before it was queued; `null` if that is the source's tail,
    ///     or nothing is forked
    record Client(Command command, @Nullable ForkPlace fork, Completion completion)
            implements Request {}

    /// From a client, refused before it was queued; waits its turn like any answer.
    record Refused(Outcome outcome, Completion completion) implements Request {}

    /// A place in a source that was looked up.
    record ForkPlace(long sourceId, long wireByte) {}

    /// A stream's time may be over.
    record Expire(long streamId) implements Request {}

    /// A read renewed a stream's lifetime.
    record Touch(long streamId) implements Request {}
}
