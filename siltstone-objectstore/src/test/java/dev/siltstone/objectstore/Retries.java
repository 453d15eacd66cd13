package dev.siltstone.objectstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Retries for tests: they do not wait, and remember how long they would have.
public final class Retries {
    /// Two stores with the same tokens would take each other's objects for their own.
    private static final AtomicLong STORES = new AtomicLong();

    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    /// Puts retries around a store.
    public RetryingStore around(ObjectStore store, int attemptsMax) {
        return new RetryingStore(
                store,
                new RetrySettings(attemptsMax),
                new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5), new SplittableRandom(1)),
                pauses::add,
                new SplittableRandom(STORES.incrementAndGet()));
    }

    /// Returns the pauses up to now.
    public List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
