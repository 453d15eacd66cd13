package dev.siltstone.sqlite.replica;

import java.time.Duration;

/// How the WAL of a database is held.
///
/// @param rollFrames after how many new frames the holder is renewed
/// @param tick how old a holder may get while frames come
/// @param sealFrames how many frames that are not in the database file make a sealed checkpoint worth its lock
/// @param restFrames how few must be left before the write lock is taken for it
/// @param preludes how many rounds without the lock are tried to get there
/// @param spin how long one attempt at the write lock lasts
/// @param insideMax how long a checkpoint inside the write lock is tried again
record HoldSettings(
        int rollFrames,
        Duration tick,
        int sealFrames,
        int restFrames,
        int preludes,
        Duration spin,
        Duration insideMax) {
    static final HoldSettings DEFAULT =
            new HoldSettings(
                    500,
                    Duration.ofMillis(100),
                    1000,
                    200,
                    6,
                    Duration.ofMillis(3),
                    Duration.ofMillis(3));
}
