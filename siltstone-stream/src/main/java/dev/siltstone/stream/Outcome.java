package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// What became of a [Command]. None is told before the state that it rests on is durable.
public sealed interface Outcome {
    /// The stream is new and durable.
    record Created(StreamInfo stream) implements Outcome {}

    /// The stream was there already, as asked for.
    record Existing(StreamInfo stream) implements Outcome {}

    /// The data, the closure and the producer's state are durable.
    ///
    /// @param tail offset after the append
    /// @param closed whether the stream is closed now
    /// @param producer as sent, or `null`
    record Appended(Offset tail, boolean closed, @Nullable Producer producer) implements Outcome {}

    /// A repeat of what is already durable; nothing was written. Also a close of a closed stream.
    ///
    /// @param tail of the stream now
    /// @param closed whether the stream is closed now
    /// @param producer with the highest sequence accepted in this epoch, or `null`
    record Duplicate(Offset tail, boolean closed, @Nullable Producer producer) implements Outcome {}

    /// The stream is gone, or goes once its forks are gone.
    record Deleted() implements Outcome {}

    /// Refused: nothing was written, and trying the same again will not help by itself.
    sealed interface Refused extends Outcome {}

    /// There is no such stream (any more).
    record NotFound() implements Refused {}

    /// The stream was deleted, but forks still need its bytes; its path stays taken until they go.
    record Gone() implements Refused {}

    /// A create: the path is taken by a stream that is not as asked for.
    ///
    /// @param difference what differs, for the client to read
    record ConfigurationMismatch(String difference) implements Refused {}

    /// An append to a closed stream.
    record StreamClosed(Offset tail) implements Refused {}

    /// The data has another content type than the stream, or a fork than its source.
    record ContentTypeMismatch(String expected) implements Refused {}

    /// `Stream-Seq` is not above the last one.
    record SequenceRegression(String last) implements Refused {}

    /// The producer's epoch is below the one that was seen.
    record ProducerFenced(long producerEpoch) implements Refused {}

    /// A request of this producer is missing before this one.
    record ProducerGap(long expected, long received) implements Refused {}

    /// A new epoch must begin with sequence 0.
    record ProducerSequenceNotZero(long received) implements Refused {}

    /// The stream knows as many producers as it may, all used within the last days.
    record TooManyProducers(int producersMax) implements Refused {}

    /// A fork: there is no such source.
    record SourceNotFound() implements Refused {}

    /// A fork: the source was deleted.
    record SourceGone() implements Refused {}

    /// A fork: its offset or sub-offset names no place in the source. Also any other value out of bounds.
    record Invalid(String reason) implements Refused {}

    /// The disk has no room for more; nothing was written. Reads go on; helps once there is room.
    record NoSpace(String reason) implements Outcome {}

    /// The streams changed between looking something up and deciding; nothing was written. Trying the same
    /// again helps.
    record TryAgain(String reason) implements Outcome {}

    /// The log is closed or has failed; whether the command took effect is unknown until the restart.
    record Unavailable(String reason) implements Outcome {}
}
