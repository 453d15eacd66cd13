package dev.siltstone.objectstore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs tasks on virtual threads, a few at a time, and waits for all.
public final class BoundedTasks {
    @FunctionalInterface
    public interface Task {
        void run() throws IOException;
    }

    private BoundedTasks() {}

    /// After a failure no more tasks are begun.
    ///
    /// @throws IOException the first failure, in the order of the tasks; the others have ended too
    public static void run(int atOnce, List<Task> tasks) throws IOException {
        Semaphore permits = new Semaphore(atOnce);
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> running = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Task task : tasks) {
                running.add(
                        threads.submit(() -> {
                            permits.acquire();
                            try {
                                runUnless(failed, task);
                            } finally {
                                permits.release();
                            }
                            return null;
                        }));
            }
            await(running);
        }
    }

    private static void runUnless(AtomicBoolean failed, Task task) throws IOException {
        if (failed.get()) {
            return;
        }
        try {
            task.run();
        } catch (IOException | RuntimeException e) {
            failed.set(true);
            throw e;
        }
    }

    private static void await(List<Future<?>> running) throws IOException {
        IOException failure = null;
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof IOException cause)) {
                    throw new IllegalStateException(e.getCause());
                }
                failure = failure == null ? cause : failure;
            } catch (InterruptedException e) {
                running.forEach(task -> task.cancel(true));
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while requests were under way");
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
