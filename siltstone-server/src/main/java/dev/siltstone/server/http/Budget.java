package dev.siltstone.server.http;

import java.util.concurrent.atomic.AtomicLong;

/// A bound that many share: bytes in flight, open connections, waiters.
///
/// Thread-safe.
final class Budget {
    private final long max;
    private final AtomicLong taken = new AtomicLong();

    Budget(long max) {
        this.max = max;
    }

    /// Takes `amount` if that much is left.
    ///
    /// @return whether it was taken; if so it must be given back
    boolean take(long amount) {
        return take(amount, 0);
    }

    /// Takes `amount` if that much is left and `reserve` beside it, which is for others.
    ///
    /// @return whether it was taken; if so it must be given back
    boolean take(long amount, long reserve) {
        if (taken.addAndGet(amount) <= max - reserve) {
            return true;
        }
        taken.addAndGet(-amount);
        return false;
    }

    /// Takes `amount` of something that exists already, even if that is more than is left.
    void takeAnyway(long amount) {
        taken.addAndGet(amount);
    }

    void give(long amount) {
        if (amount == 0) {
            return;
        }
        long left = taken.addAndGet(-amount);
        assert left >= 0 : "more given back than taken: " + left;
    }

    long max() {
        return max;
    }

    long left() {
        return max - taken.get();
    }

    long taken() {
        return taken.get();
    }
}
