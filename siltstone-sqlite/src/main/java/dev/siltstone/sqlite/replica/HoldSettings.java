package dev.siltstone.sqlite.replica;

import java.time.Duration;

/// How the WAL of a database is held.
///
/// @param rollFrames after how many new frames the holder is renewed
/// @param tick how old a holder may get while frames come
/// @param still after how long without a change it is renewed: a foreign checkpoint may be waiting for us
/// @param rest after how long without a change frames are copied to the database file, so that the next writer
///     begins the WAL anew
/// @param passiveFrames how long a WAL must be for us to checkpoint beside a writer
/// @param sealFrames how many that are left then make a sealed checkpoint worth its lock
/// @param restFrames how few must be left before the write lock is taken for it
/// @param preludes how many rounds without the lock are tried to get there
/// @param spin how long one attempt at the write lock lasts
/// @param insideMax how long a checkpoint inside the write lock is tried again
public record HoldSettings(
        int rollFrames,
        Duration tick,
        Duration still,
        Duration rest,
        int passiveFrames,
        int sealFrames,
        int restFrames,
        int preludes,
        Duration spin,
        Duration insideMax) {
    public static final HoldSettings DEFAULT =
            new HoldSettings(
                    500,
                    Duration.ofMillis(250),
                    Duration.ofMillis(8),
                    Duration.ofMillis(200),
                    1000,
                    1000,
                    200,
                    6,
                    Duration.ofMillis(3),
                    Duration.ofMillis(3));
}
