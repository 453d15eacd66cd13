package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// What waits in the log's queue.
sealed interface Request {
    /// From a client. Its streams were looked up before it was queued: they are in memory, or not there.
    ///
    /// @param fork where the fork begins, found before it was queued; `null` if that is the source's tail,
    ///     or nothing is forked
    /// @param epoch of the streams in memory before the look-up: what was not found is not there as long as
    ///     that stays
    /// @param lookUps how often its streams were looked up
    record Client(
            Command command,
            @Nullable ForkPlace fork,
            long epoch,
            int lookUps,
            Completion completion)
            implements Request {

        /// Returns the path of the stream that is to be forked; `null` if none is.
        @Nullable String sourcePath() {
            return command instanceof Command.Create create && create.fork() != null
                    ? create.fork().sourcePath()
                    : null;
        }

        /// Returns the same after one more look-up.
        Client lookedUp(long newEpoch) {
            return new Client(command, fork, newEpoch, lookUps + 1, completion);
        }
    }

    /// From a client, refused before it was queued; waits its turn like any answer.
    record Refused(Outcome outcome, Completion completion) implements Request {}

    /// A place in a source that was looked up.
    record ForkPlace(long sourceId, long wireByte) {}

    /// A stream's time may be over.
    record Expire(long streamId) implements Request {}

    /// A read renewed a stream's lifetime.
    record Touch(long streamId) implements Request {}

    /// Streams that are not needed may leave memory.
    record Tidy() implements Request {}
}
