package dev.siltstone.sqlite.replica;

import java.time.Duration;

/// How a database is replicated.
///
/// @param syncInterval how often what was committed becomes a transaction of the replica
/// @param pollActive how often a WAL is looked at at most, while much comes or a foreign checkpoint may wait
/// @param pollIdle how often it is looked at when nothing happens; looks become rarer up to this
/// @param captureBytesMax from how many captured bytes on the interval is not waited for
/// @param backlogBytesMax from how many bytes on that are not uploaded the WAL is left to grow: it is not
///     checkpointed by us, and nobody else can restart it; nothing is dropped
/// @param hold how the WAL is held
/// @param levels how files are merged and kept
public record ReplicaSettings(
        Duration syncInterval,
        Duration pollActive,
        Duration pollIdle,
        long captureBytesMax,
        long backlogBytesMax,
        HoldSettings hold,
        LevelSettings levels) {
    public static final ReplicaSettings DEFAULT =
            new ReplicaSettings(
                    Duration.ofSeconds(1),
                    Duration.ofMillis(4),
                    Duration.ofMillis(200),
                    64L << 20,
                    1L << 30,
                    HoldSettings.DEFAULT,
                    LevelSettings.DEFAULT);

    public ReplicaSettings {
        if (syncInterval.isNegative() || syncInterval.isZero()) {
            throw new IllegalArgumentException("sync interval " + syncInterval);
        }
        if (captureBytesMax < 1 || backlogBytesMax < 1) {
            throw new IllegalArgumentException("bounds must be positive");
        }
    }

    public ReplicaSettings withSyncInterval(Duration interval) {
        return new ReplicaSettings(
                interval, pollActive, pollIdle, captureBytesMax, backlogBytesMax, hold, levels);
    }

    public ReplicaSettings withBacklogBytesMax(long bytes) {
        return new ReplicaSettings(
                syncInterval, pollActive, pollIdle, captureBytesMax, bytes, hold, levels);
    }

    public ReplicaSettings withLevels(LevelSettings settings) {
        return new ReplicaSettings(
                syncInterval,
                pollActive,
                pollIdle,
                captureBytesMax,
                backlogBytesMax,
                hold,
                settings);
    }
}
