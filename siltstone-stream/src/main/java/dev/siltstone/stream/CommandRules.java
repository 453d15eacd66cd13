package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Decides what a command comes to. Reads the state, changes nothing, so that it may decide again.
///
/// An append is judged in this order, so that a repeat is recognised whatever else it carries: is the stream
/// there, is it closed (by this very request?), has the data its type, is the producer's request new, is
/// `Stream-Seq` above the last.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, sections 4.2 and 5.1 to 5.4</a>
final class CommandRules {
    /// A stream is never longer: the offsets could not tell.
    private static final long TAIL_MAX = 9_999_999_999_999_999L;

    private final LogState state;
    private final int producersPerStreamMax;

    CommandRules(LogState state, int producersPerStreamMax) {
        this.state = state;
        this.producersPerStreamMax = producersPerStreamMax;
    }

    /// @param now time of the entry that is written, if one is
    Decision decide(Request.Client request, long now) {
        return switch (request.command()) {
            case Command.Create create -> create(create, request.fork(), now);
            case Command.Append append -> append(append, now);
            case Command.Delete delete -> delete(delete, now);
        };
    }

    // --- create ---

    private Decision create(Command.Create create, Request.@Nullable ForkPlace place, long now) {
        StreamState existing = state.find(create.path());
        if (existing != null) {
            return new Decision.Answer(confirm(create, existing));
        }
        String invalid = invalid(create);
        if (invalid != null) {
            return new Decision.Answer(new Outcome.Invalid(invalid));
        }
        ForkPoint point = create.fork();
        return point == null ? createRoot(create, now) : createFork(create, point, place, now);
    }

    private static @Nullable String invalid(Command.Create create) {
        int pathBytes = create.path().getBytes(UTF_8).length;
        if (pathBytes < 1 || pathBytes > Command.PATH_BYTES_MAX) {
            return "a path has 1 to " + Command.PATH_BYTES_MAX + " bytes, this one " + pathBytes;
        }
        String contentType = create.contentType();
        if (contentType != null && contentType.length() > Command.TEXT_BYTES_MAX) {
            return "a content type has at most " + Command.TEXT_BYTES_MAX + " bytes";
        }
        return null;
    }

    private static Decision createRoot(Command.Create create, long now) {
        String asked = create.contentType();
        String contentType = asked == null ? ContentTypes.DEFAULT : asked;
        if (isUnfit(create.data(), ContentTypes.isJson(contentType))) {
            return new Decision.Answer(unfit(contentType));
        }
        return new Decision.Write(
                new Entry.Created(
                        now,
                        create.path(),
                        contentType,
                        create.lifetime(),
                        create.closed(),
                        null,
                        Entry.Content.of(create.data())));
    }

    private Decision createFork(
            Command.Create create, ForkPoint point, Request.@Nullable ForkPlace place, long now) {
        StreamState source = state.find(point.sourcePath());
        if (source == null) {
            return new Decision.Answer(new Outcome.SourceNotFound());
        }
        if (source.status() != StreamState.Status.LIVE) {
            return new Decision.Answer(new Outcome.SourceGone());
        }
        String contentType = create.contentType();
        if (contentType != null && !sameEssence(contentType, source.contentType)) {
            return new Decision.Answer(new Outcome.ContentTypeMismatch(source.contentType));
        }
        if (place != null && place.sourceId() != source.id) {
            return new Decision.Answer(
                    new Outcome.Invalid("the source was replaced by another stream meanwhile"));
        }
        if (place == null && point.offset() != null) {
            return new Decision.Answer(
                    new Outcome.TryAgain(
                            "the streams changed while the fork offset was looked up; try again"));
        }
        if (place == null && point.subOffset() > 0) {
            return new Decision.Answer(
                    new Outcome.Invalid(
                            "sub-offset "
                                    + point.subOffset()
                                    + " is past the tail; give the fork offset that it counts from"));
        }
        if (isUnfit(create.data(), source.json)) {
            return new Decision.Answer(unfit(source.contentType));
        }
        boolean inherits = create.lifetime() instanceof Lifetime.Forever;
        long forkByte = place == null ? source.tail() : place.wireByte();
        return new Decision.Write(
                new Entry.Created(
                        now,
                        create.path(),
                        contentType == null ? source.contentType : contentType,
                        inherits ? source.lifetime : create.lifetime(),
                        create.closed(),
                        new Entry.Fork(source.id, forkByte, point, inherits),
                        Entry.Content.of(create.data())));
    }

    /// Says whether content was not made for the kind of stream that it is to go to: readers of JSON
    /// rely on every byte belonging to a message.
    private static boolean isUnfit(Payload data, boolean json) {
        return !data.isEmpty() && data.isJson() != json;
    }

    private static Outcome unfit(String contentType) {
        return new Outcome.Invalid("the content was not made for a stream of " + contentType);
    }

    /// Says whether a stream that is there is the one that was asked for.
    private static Outcome confirm(Command.Create create, StreamState existing) {
        if (existing.status() != StreamState.Status.LIVE) {
            return new Outcome.ConfigurationMismatch(
                    "a stream of this path was deleted, but forks still need its data");
        }
        String difference = difference(create, existing);
        return difference == null
                ? new Outcome.Existing(info(existing))
                : new Outcome.ConfigurationMismatch(difference);
    }

    private static @Nullable String difference(Command.Create create, StreamState existing) {
        Entry.Fork fork = existing.fork;
        ForkPoint asked = create.fork();
        if ((fork == null) != (asked == null)) {
            return fork == null ? "it is no fork" : "it is a fork";
        }
        if (fork != null && asked != null && !sameFork(asked, fork)) {
            return "it was forked from "
                    + fork.request().sourcePath()
                    + " at wire byte "
                    + fork.forkByte();
        }
        String contentType = create.contentType();
        if (contentType == null && fork == null) {
            contentType = ContentTypes.DEFAULT;
        }
        if (contentType != null && !sameType(contentType, existing.contentType)) {
            return "its content type is " + existing.contentType;
        }
        boolean inherits =
                fork != null
                        && fork.lifetimeInherited()
                        && create.lifetime() instanceof Lifetime.Forever;
        if (!inherits && !create.lifetime().equals(existing.lifetime)) {
            return "its lifetime is " + existing.lifetime;
        }
        if (create.closed() != existing.closed()) {
            return existing.closed() ? "it is closed" : "it is open";
        }
        return null;
    }

    private static boolean sameFork(ForkPoint asked, Entry.Fork fork) {
        ForkPoint request = fork.request();
        Offset offset = asked.offset();
        return asked.sourcePath().equals(request.sourcePath())
                && asked.subOffset() == request.subOffset()
                && (offset == null
                        || Objects.equals(offset, request.offset())
                        || (request.offset() == null
                                && offset.wireByte() == fork.forkByte()
                                && !offset.isBeginning()));
    }

    private static boolean sameType(String a, String b) {
        return a.replace(" ", "").equalsIgnoreCase(b.replace(" ", ""));
    }

    private static boolean sameEssence(String a, String b) {
        return a.equals(b) || ContentTypes.essence(a).equals(ContentTypes.essence(b));
    }

    static StreamInfo info(StreamState stream) {
        return new StreamInfo(
                stream.path,
                stream.id,
                stream.contentType,
                stream.tailOffset(),
                stream.closed(),
                stream.lifetime);
    }

    // --- append ---

    private Decision append(Command.Append append, long now) {
        StreamState stream = state.find(append.path());
        if (stream == null) {
            return new Decision.Answer(new Outcome.NotFound());
        }
        if (stream.status() != StreamState.Status.LIVE) {
            return new Decision.Answer(new Outcome.Gone());
        }
        if (stream.closed()) {
            return new Decision.Answer(appendToClosed(append, stream));
        }
        Outcome refused = refusal(append, stream, now);
        return refused != null
                ? new Decision.Answer(refused)
                : new Decision.Write(
                        new Entry.Appended(
                                now,
                                stream.id,
                                stream.tail(),
                                append.close(),
                                append.producer(),
                                append.streamSeq(),
                                Entry.Content.of(append.data())));
    }

    private static Outcome appendToClosed(Command.Append append, StreamState stream) {
        Producer producer = append.producer();
        boolean same =
                producer == null
                        ? append.close() && append.data().isEmpty()
                        : producer.equals(stream.closedBy());
        return same
                ? new Outcome.Duplicate(stream.tailOffset(), true, producer)
                : new Outcome.StreamClosed(stream.tailOffset());
    }

    private @Nullable Outcome refusal(Command.Append append, StreamState stream, long now) {
        if (append.data().isEmpty()) {
            if (!append.close()) {
                return new Outcome.Invalid("an append carries data, closes the stream, or both");
            }
        } else {
            String contentType = append.contentType();
            if (contentType == null || !sameEssence(contentType, stream.contentType)) {
                return new Outcome.ContentTypeMismatch(stream.contentType);
            }
            if (isUnfit(append.data(), stream.json)) {
                return unfit(stream.contentType);
            }
            if (append.data().length() > TAIL_MAX - stream.tail()) {
                return new Outcome.Invalid("the stream has reached its greatest length");
            }
        }
        Producer producer = append.producer();
        if (producer != null) {
            Outcome refused = producerRefusal(producer, stream, now);
            if (refused != null) {
                return refused;
            }
        }
        return streamSeqRefusal(append.streamSeq(), stream);
    }

    private @Nullable Outcome producerRefusal(Producer producer, StreamState stream, long now) {
        ProducerStates.State known = stream.producer(producer.id());
        long sequence = producer.sequence();
        if (known == null) {
            if (sequence != 0) {
                return new Outcome.ProducerGap(0, sequence);
            }
            return stream.isFullOfProducers(producersPerStreamMax, now)
                    ? new Outcome.TooManyProducers(producersPerStreamMax)
                    : null;
        }
        if (producer.producerEpoch() < known.producerEpoch()) {
            return new Outcome.ProducerFenced(known.producerEpoch());
        }
        if (producer.producerEpoch() > known.producerEpoch()) {
            return sequence == 0 ? null : new Outcome.ProducerSequenceNotZero(sequence);
        }
        if (sequence <= known.lastSequence()) {
            return new Outcome.Duplicate(
                    stream.tailOffset(),
                    stream.closed(),
                    new Producer(producer.id(), known.producerEpoch(), known.lastSequence()));
        }
        return sequence == known.lastSequence() + 1
                ? null
                : new Outcome.ProducerGap(known.lastSequence() + 1, sequence);
    }

    private static @Nullable Outcome streamSeqRefusal(
            @Nullable String streamSeq, StreamState stream) {
        if (streamSeq == null) {
            return null;
        }
        byte[] bytes = streamSeq.getBytes(UTF_8);
        if (bytes.length > Command.TEXT_BYTES_MAX) {
            return new Outcome.Invalid(
                    "Stream-Seq has at most " + Command.TEXT_BYTES_MAX + " bytes");
        }
        String last = stream.streamSeq();
        return last != null && Arrays.compareUnsigned(bytes, last.getBytes(UTF_8)) <= 0
                ? new Outcome.SequenceRegression(last)
                : null;
    }

    // --- delete ---

    private Decision delete(Command.Delete delete, long now) {
        StreamState stream = state.find(delete.path());
        if (stream == null) {
            return new Decision.Answer(new Outcome.NotFound());
        }
        return stream.status() == StreamState.Status.LIVE
                ? new Decision.Write(new Entry.Deleted(now, stream.id))
                : new Decision.Answer(new Outcome.Gone());
    }
}
