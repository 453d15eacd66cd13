package dev.siltstone.objectstore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs tasks on threads of their own, a few at a time, and waits for all.
public final class BoundedTasks {
    @FunctionalInterface
    public interface Task {
        void run() throws IOException;
    }

    private BoundedTasks() {}

    /// Runs tasks on virtual threads. After a failure no more are begun.
    ///
    /// @throws IOException the first failure, in the order of the tasks; the others have ended too
    public static void run(int atOnce, List<Task> tasks) throws IOException {
        run(atOnce, tasks, Thread.ofVirtual().factory());
    }

    /// Runs tasks on platform threads: for what waits for a disk, during which a virtual thread keeps a processor
    /// from the others. For as many tasks as run at once, or few more.
    ///
    /// @param name of the threads
    /// @throws IOException the first failure, in the order of the tasks; the others have ended too
    public static void runOnPlatformThreads(int atOnce, List<Task> tasks, String name)
            throws IOException {
        run(atOnce, tasks, Thread.ofPlatform().daemon().name(name).factory());
    }

    private static void run(int atOnce, List<Task> tasks, ThreadFactory factory)
            throws IOException {
        Semaphore permits = new Semaphore(atOnce);
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> running = new ArrayList<>();
        try (var threads = Executors.newThreadPerTaskExecutor(factory)) {
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
