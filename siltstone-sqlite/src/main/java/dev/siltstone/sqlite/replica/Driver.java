package dev.siltstone.sqlite.replica;

import dev.siltstone.io.NanoClock;
import java.io.Closeable;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// A platform thread that owns the connections of some databases, and looks after each when it is time. Native
/// calls and interrupts make virtual threads wrong for that.
///
/// Thread-safe.
final class Driver implements Closeable {
    private static final long IDLE_NANOS = 1_000_000_000L;

    /// Something that is looked after.
    interface Task {
        /// Does what is due.
        ///
        /// @param now of the driver's clock
        /// @param buffers of the driver's thread
        /// @return when to call again, by the driver's clock; [#OVER] for never
        long run(long now, HoldBuffers buffers);
    }

    /// Says that a task wants no more calls.
    static final long OVER = Long.MIN_VALUE;

    private record Due(long nanos, Task task) {}

    private final NanoClock clock;
    private final Queue<Task> added = new ConcurrentLinkedQueue<>();
    private final Queue<Task> woken = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    private Driver(NanoClock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("siltstone-wal").daemon().unstarted(this::run);
    }

    static Driver start(NanoClock clock) {
        Driver driver = new Driver(clock);
        driver.thread.start();
        return driver;
    }

    /// Looks after something from now on.
    void add(Task task) {
        added.add(task);
        LockSupport.unpark(thread);
    }

    /// Has a task called now, not when it asked for.
    void wake(Task task) {
        woken.add(task);
        LockSupport.unpark(thread);
    }

    private void run() {
        HoldBuffers buffers = HoldBuffers.allocate();
        PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
        while (!closed || !due.isEmpty()) {
            long now = clock.nanoTime();
            for (Task task; (task = added.poll()) != null; ) {
                due.add(new Due(now, task));
            }
            for (Task task; (task = woken.poll()) != null; ) {
                Task wanted = task;
                if (due.removeIf(entry -> entry.task() == wanted)) {
                    due.add(new Due(now, wanted));
                }
            }
            Due first = due.peek();
            if (first == null) {
                LockSupport.parkNanos(this, IDLE_NANOS);
            } else if (first.nanos() > now) {
                LockSupport.parkNanos(this, Math.min(IDLE_NANOS, first.nanos() - now));
            } else {
                due.poll();
                long next = first.task().run(now, buffers);
                if (next != OVER) {
                    due.add(new Due(next, first.task()));
                }
            }
        }
    }

    /// Ends the thread once all tasks are over.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
