package dev.siltstone.server.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes the cursors that keep caches from answering live requests with the same old reply for ever.
///
/// A cursor is the number of an interval of 20 seconds since 9 October 2024, in decimal. Who comes with
/// one that is not in the past gets a later one, by a random 1 to 3,600 seconds' worth of intervals, and
/// at least one.
///
/// Not thread-safe; owned by an event loop.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 10.1, "Server-Generated Cursors"</a>
final class Cursors {
    /// What a client has that sent no cursor.
    static final long NONE = -1;

    private static final Instant EPOCH = Instant.parse("2024-10-09T00:00:00Z");
    private static final long INTERVAL_MILLIS = 20_000;
    private static final int JITTER_SECONDS_MAX = 3600;

    /// As many as no overflow can come from: three million years.
    private static final int DIGITS_MAX = 15;

    private final InstantSource clock;
    private final RandomGenerator random;

    Cursors(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /// Reads what a client sent. Anything that is no cursor of ours counts as none: it cannot come from
    /// an earlier answer, so there is nothing to get past.
    static long parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > DIGITS_MAX) {
            return NONE;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return NONE;
            }
        }
        return Long.parseLong(text);
    }

    /// Returns the number of the interval that we are in.
    long current() {
        return Math.max(0, Duration.between(EPOCH, clock.instant()).toMillis() / INTERVAL_MILLIS);
    }

    /// Returns the cursor for a client that came with `sent`.
    long after(long sent) {
        long current = current();
        if (sent < current) {
            return current;
        }
        long jitterSeconds = random.nextInt(1, JITTER_SECONDS_MAX + 1);
        return sent + Math.max(1, jitterSeconds * 1000 / INTERVAL_MILLIS);
    }
}
