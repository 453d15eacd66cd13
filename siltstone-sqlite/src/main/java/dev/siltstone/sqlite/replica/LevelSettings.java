package dev.siltstone.sqlite.replica;

import java.time.Duration;
import java.util.List;

/// How files are merged, and how long they are kept.
///
/// @param intervals of levels 1 and on: how often each takes what the level below has got; 1 to 8 of them
/// @param level0Retention how long a file of level 0 stays once level 1 has what is in it
/// @param snapshotInterval how often all is written in one file, if anything changed
/// @param snapshotRetention how far back every end of a file can be restored: a snapshot stays until a newer
///     one is older than this
/// @param inputsMax how many files are merged into one at most
public record LevelSettings(
        List<Duration> intervals,
        Duration level0Retention,
        Duration snapshotInterval,
        Duration snapshotRetention,
        int inputsMax) {
    public static final LevelSettings DEFAULT =
            new LevelSettings(
                    List.of(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)),
                    Duration.ofMinutes(5),
                    Duration.ofHours(24),
                    Duration.ofHours(24),
                    256);

    public LevelSettings {
        intervals = List.copyOf(intervals);
        if (intervals.isEmpty() || intervals.size() >= LitestreamNames.SNAPSHOT_LEVEL) {
            throw new IllegalArgumentException(intervals.size() + " levels; 1 to 8 are possible");
        }
        for (Duration interval : intervals) {
            requireMillisecond(interval);
        }
        requireMillisecond(snapshotInterval);
        if (level0Retention.isNegative() || snapshotRetention.isNegative() || inputsMax < 2) {
            throw new IllegalArgumentException(
                    "retention of %s and %s, %d inputs"
                            .formatted(level0Retention, snapshotRetention, inputsMax));
        }
    }

    private static void requireMillisecond(Duration interval) {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("an interval of " + interval);
        }
    }

    /// Returns the highest level that is merged into.
    int highest() {
        return intervals.size();
    }

    /// Returns how often a level takes what the level below has got.
    Duration interval(int level) {
        return level == LitestreamNames.SNAPSHOT_LEVEL
                ? snapshotInterval
                : intervals.get(level - 1);
    }
}
