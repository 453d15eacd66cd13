package dev.siltstone.layer;

import java.util.random.RandomGenerator;

/// One run of a push. Its packs lie below its name, which nobody ever takes again: so no key is used twice.
///
/// @param began number of the last record of the log that it had read when it began
/// @param high first half of 128 random bits
/// @param low second half
record Session(long began, long high, long low) implements Comparable<Session> {
    Session {
        if (began < 0) {
            throw new IllegalArgumentException("session that began at " + began);
        }
    }

    static Session begin(long began, RandomGenerator random) {
        return new Session(began, random.nextLong(), random.nextLong());
    }

    @Override
    public int compareTo(Session other) {
        int compared = Long.compare(began, other.began);
        compared = compared != 0 ? compared : Long.compareUnsigned(high, other.high);
        return compared != 0 ? compared : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return "%020d-%016x%016x".formatted(began, high, low);
    }
}
