package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Work of one database that is done in its order, by threads that all databases share: packing, and copying the
/// whole. What fails is kept, and done again when asked.
///
/// Thread-safe.
final class PackQueue {
    /// A piece of work; after a failure it is called again.
    interface Work {
        void run() throws IOException;
    }

    private final Executor workers;
    private final Runnable whenDone;
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private boolean running;
    private @Nullable IOException failure;

    /// @param whenDone called after each piece of work, and after each failure, by a worker
    PackQueue(Executor workers, Runnable whenDone) {
        this.workers = workers;
        this.whenDone = whenDone;
    }

    synchronized void add(Work work) {
        waiting.add(work);
        start();
    }

    /// Tries again what failed.
    synchronized void retry() {
        failure = null;
        start();
    }

    /// Returns why the first piece of work could not be done; null if it could, or nobody knows yet.
    synchronized @Nullable IOException failure() {
        return failure;
    }

    /// Returns how many pieces are not done.
    synchronized int size() {
        return waiting.size();
    }

    private void start() {
        if (!running && failure == null && !waiting.isEmpty()) {
            running = true;
            workers.execute(this::runAll);
        }
    }

    private void runAll() {
        for (Work work; (work = first()) != null; ) {
            IOException thrown = null;
            try {
                work.run();
            } catch (IOException e) {
                thrown = e;
            } catch (RuntimeException e) {
                thrown = new IOException("this should not happen: " + e, e);
            }
            done(thrown);
            whenDone.run();
        }
    }

    private synchronized @Nullable Work first() {
        if (failure != null || waiting.isEmpty()) {
            running = false;
            return null;
        }
        return waiting.peek();
    }

    private synchronized void done(@Nullable IOException thrown) {
        failure = thrown;
        if (thrown == null) {
            waiting.poll();
        }
    }
}
