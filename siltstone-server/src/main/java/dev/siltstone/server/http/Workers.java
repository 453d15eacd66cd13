package dev.siltstone.server.http;

import java.util.concurrent.Semaphore;

/// Runs what would hold an event loop up: reads that may wait for a disk, checks of long bodies. Each
/// task has a virtual thread of its own; so many run at once, so many more may wait.
///
/// Thread-safe.
final class Workers {
    private final Semaphore running;
    private final Budget accepted;

    Workers(int runningMax, int waitingMax) {
        this.running = new Semaphore(runningMax);
        this.accepted = new Budget((long) runningMax + waitingMax);
    }

    /// Has `task` run soon.
    ///
    /// @return false if too many tasks wait; nothing happened
    boolean submit(Runnable task) {
        if (!accepted.take(1)) {
            return false;
        }
        Thread.startVirtualThread(() -> run(task));
        return true;
    }

    private void run(Runnable task) {
        running.acquireUninterruptibly();
        try {
            task.run();
        } finally {
            running.release();
            accepted.give(1);
        }
    }
}
