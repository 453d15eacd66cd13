package dev.siltstone.sqlite.replica;

import java.time.Duration;

/// How the WAL of a database is held.
///
/// @param captureFrames after how many new frames they are copied, though the holder stays
/// @param tick how old a holder may get while frames come
/// @param still after how long without a change it is renewed: a foreign checkpoint may be waiting for us
/// @param rest after how long without a change frames are copied to the database file, so that the next writer
///     begins the WAL anew
/// @param passiveFrames how long a WAL must be for us to checkpoint beside a writer; fewer than the 1,000 after which
///     a writer of SQLite's defaults does it
/// @param sealFrames how long a WAL must be for a sealed checkpoint
/// @param restFrames how few frames should be left before the write lock is taken for it
/// @param preludes how many rounds without the lock are tried to get there
/// @param spin how long one attempt at the write lock lasts
/// @param insideMax how long a checkpoint inside the write lock is tried again
public record HoldSettings(
        int captureFrames,
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
                    1000,
                    Duration.ofSeconds(1),
                    Duration.ofMillis(8),
                    Duration.ofMillis(200),
                    400,
                    3000,
                    500,
                    4,
                    Duration.ofMillis(3),
                    Duration.ofMillis(3));
}
