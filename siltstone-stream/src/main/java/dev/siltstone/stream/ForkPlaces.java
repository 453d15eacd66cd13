package dev.siltstone.stream;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds out where a fork leaves its source, before the create is queued: that may need the disk, and the
/// leader must not wait for it. What is looked up is durable and never changes.
final class ForkPlaces {
    private final Streams streams;
    private final StreamLookUp lookUp;
    private final Executor executor;

    ForkPlaces(Streams streams, StreamLookUp lookUp, Executor executor) {
        this.streams = streams;
        this.lookUp = lookUp;
        this.executor = executor;
    }

    /// @param queue takes the create on, with the place; may wait
    /// @return false if too many wait
    boolean submit(Command.Create create, Completion completion, Consumer<Request> queue) {
        try {
            executor.execute(() -> resolve(create, completion, queue));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void resolve(Command.Create create, Completion completion, Consumer<Request> queue) {
        queue.accept(resolve(create, completion));
    }

    private Request resolve(Command.Create create, Completion completion) {
        ForkPoint point = Objects.requireNonNull(create.fork());
        try {
            long epoch = streams.epoch();
            LiveStream taken = lookUp.find(create.path());
            LiveStream source = lookUp.find(point.sourcePath());
            // No place is needed to refuse, or to confirm what is there already. If that is not so
            // any
            // more when the create is decided upon, its client must try again.
            Request.ForkPlace place =
                    source == null || source.state() != StreamReader.State.LIVE || isTakenBy(taken)
                            ? null
                            : new Request.ForkPlace(
                                    source.id(),
                                    source.forkPlace(
                                            Objects.requireNonNull(point.offset()),
                                            point.subOffset()));
            return new Request.Client(create, place, epoch, 0, completion);
        } catch (InvalidOffsetException e) {
            return new Request.Refused(
                    new Outcome.Invalid(String.valueOf(e.getMessage())), completion);
        } catch (LogBusyException e) {
            return new Request.Refused(
                    new Outcome.TryAgain(String.valueOf(e.getMessage())), completion);
        } catch (IOException e) {
            return new Request.Refused(
                    new Outcome.Unavailable(String.valueOf(e.getMessage())), completion);
        }
    }

    /// An expired stream does not count: the create will take its path.
    private static boolean isTakenBy(@Nullable LiveStream stream) {
        return stream != null && stream.state() != StreamReader.State.GONE;
    }
}
