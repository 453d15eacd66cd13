package dev.siltstone.stream;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Finds out where a fork leaves its source, before the create is queued: that may need the disk, and the
/// leader must not wait for it. What is looked up is durable and never changes.
final class ForkPlaces implements AutoCloseable {
    private static final int WAITING_MAX = 1024;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 10;

    private final Streams streams;
    private final ThreadPoolExecutor executor;

    ForkPlaces(Streams streams) {
        this.streams = streams;
        this.executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().daemon().name("siltstone-forks").factory());
        executor.allowCoreThreadTimeOut(true);
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
        if (source == null
                || source.state() != StreamReader.State.LIVE
                || streams.find(create.path()) != null) {
            // No place is needed to refuse, or to confirm what is there already.
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

    @Override
    public void close() {
        executor.shutdown();
        try {
            boolean _ = executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
