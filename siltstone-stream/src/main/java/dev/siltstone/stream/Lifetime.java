package dev.siltstone.stream;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// How long a stream lives when nobody deletes it.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 5.1, "Stream-TTL" and "Stream-Expires-At"</a>
public sealed interface Lifetime {
    /// Until it is deleted.
    record Forever() implements Lifetime {}

    /// Until nobody read or wrote it for so long.
    ///
    /// @param seconds 0 to [#SECONDS_MAX]
    record IdleFor(long seconds) implements Lifetime {
        /// 68 years.
        public static final long SECONDS_MAX = Integer.MAX_VALUE;

        public IdleFor {
            if (seconds < 0 || seconds > SECONDS_MAX) {
                throw new IllegalArgumentException(
                        "a TTL is 0 to " + SECONDS_MAX + " seconds, not " + seconds);
            }
        }
    }

    /// Until a fixed time, cut to the millisecond.
    ///
    /// @param time less than 292 million years from 1970, so that its milliseconds can be counted
    record Until(Instant time) implements Lifetime {
        private static final Instant TIME_MIN = Instant.ofEpochMilli(Long.MIN_VALUE);
        private static final Instant TIME_MAX = Instant.ofEpochMilli(Long.MAX_VALUE);

        public Until {
            if (time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)) {
                throw new IllegalArgumentException(
                        "a stream lives until " + TIME_MAX + " at the latest, not until " + time);
            }
            time = time.truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /// The lifetime of a stream that asked for none.
    Lifetime FOREVER = new Forever();
}
