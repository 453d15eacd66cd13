package dev.siltstone.objectstore;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before trying again: twice as long each time, up to a bound, less a random part of up to
/// half, so that many who failed together do not come back together.
///
/// Thread-safe.
public final class BackOff {
    private final Duration first;
    private final Duration max;
    private final RandomGenerator random;

    /// @param first wait, at the most
    /// @param max wait
    public BackOff(Duration first, Duration max, RandomGenerator random) {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off from " + first + " to " + max);
        }
        this.first = first;
        this.max = max;
        this.random = random;
    }

    /// Returns how long to wait after so many failures in a row.
    ///
    /// @param failures at least 1
    public Duration delay(int failures) {
        int doublings = Math.clamp(failures - 1, 0, 40);
        long whole = Math.min(max.toNanos(), saturatingShift(first.toNanos(), doublings));
        return Duration.ofNanos(whole - Math.round(whole / 2.0 * chance()));
    }

    private static long saturatingShift(long value, int doublings) {
        return value > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE : value << doublings;
    }

    private synchronized double chance() {
        return random.nextDouble();
    }
}
