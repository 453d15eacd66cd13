package dev.siltstone.stream;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Finds out where a fork leaves its source, before the create is queued: that may need the disk, and the
/// leader must not wait for it. What is looked up is durable and never changes.
final class ForkPlaces {
    private final Streams streams;
    private final Executor executor;

    ForkPlaces(Streams streams, Executor executor) {
        this.streams = streams;
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
        ForkPoint point = Objects.requireNonNull(create.fork());
        LiveStream source = streams.find(point.sourcePath());
        if (source == null || source.state() != StreamReader.State.LIVE || isTaken(create.path())) {
            // No place is needed to refuse, or to confirm what is there already. If that is not so
            // any
            // more when the create is decided upon, its client must try again.
            queue.accept(new Request.Client(create, null, completion));
            return;
        }
        try {
            long place =
                    source.forkPlace(Objects.requireNonNull(point.offset()), point.subOffset());
            queue.accept(
                    new Request.Client(
                            create, new Request.ForkPlace(source.id(), place), completion));
        } catch (InvalidOffsetException e) {
            queue.accept(
                    new Request.Refused(
                            new Outcome.Invalid(String.valueOf(e.getMessage())), completion));
        } catch (IOException e) {
            queue.accept(
                    new Request.Refused(
                            new Outcome.Unavailable(String.valueOf(e.getMessage())), completion));
        }
    }

    /// An expired stream does not count: the create will take its path.
    private boolean isTaken(String path) {
        LiveStream taken = streams.find(path);
        return taken != null && taken.state() != StreamReader.State.GONE;
    }
}
