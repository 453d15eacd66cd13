package dev.siltstone.system;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Counts what was acknowledged, so that a kill can come after so many rather than after some time.
///
/// Thread-safe.
final class Progress {
    private static final long SECONDS_MAX = 20;

    private final Semaphore acknowledged = new Semaphore(0);
    private volatile boolean killed;

    void acknowledged() {
        acknowledged.release();
    }

    /// Waits until `count` requests were acknowledged.
    ///
    /// @return false if that took too long
    boolean await(int count) throws InterruptedException {
        return acknowledged.tryAcquire(count, SECONDS_MAX, TimeUnit.SECONDS);
    }

    /// From now on a broken connection is no surprise.
    void killed() {
        killed = true;
    }

    boolean isKilled() {
        return killed;
    }
}
