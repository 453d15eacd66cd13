package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.Retention;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Deletes what nothing that is promised needs any more. The promise: every end of a file of level 1 and on, of
/// the last `snapshotRetention`, can be restored, and of level 0 for `level0Retention`.
///
/// - *Level 0* goes once a file of level 1 has what is in it, and all that this has is old enough: were only some
///   files under it gone, the others would lead nowhere. The newest stays, its end is the position.
/// - A *snapshot* goes once a newer one is older than the retention: until then it is what the times since are
///   restored from. (Were it let go by its own age, there would be nothing to begin with after each new one.)
/// - *All other levels* lose what ends before the newest snapshot that went: not before the oldest that stays,
///   for the sake of a restore in another process that has just read the one that went. The newest of each
///   stays, its end is the level's position.
///
/// Files of lower levels go before the snapshot under them, so that a crash in between is made up for later.
///
/// Not thread-safe.
final class LevelRetention {
    private final LocalRanges local;
    private final RemoteRanges remote;
    private final LevelSettings settings;

    LevelRetention(LocalRanges local, RemoteRanges remote, LevelSettings settings) {
        this.local = local;
        this.remote = remote;
        this.settings = settings;
    }

    /// Deletes what may go; makes no request if nothing may.
    void run(Instant now) throws IOException {
        Instant time = now.minus(settings.level0Retention());
        Retention level0 =
                new Retention(
                        0,
                        1,
                        file ->
                                coveredSince(file)
                                        .filter(since -> since.isBefore(time))
                                        .isPresent());
        remote.retain(level0);
        local.retain(level0);
        List<RangeFile> snapshots = remote.known().list(LitestreamNames.SNAPSHOT_LEVEL);
        int keep = oldestKept(snapshots, now);
        if (keep > 0) {
            long end = snapshots.get(keep - 1).id().last();
            for (int level = 0; level < LitestreamNames.SNAPSHOT_LEVEL; level++) {
                remote.retain(Retention.upTo(level, end - 1, 1));
            }
            remote.delete(snapshots.subList(0, keep).stream().map(RangeFile::id).toList());
        }
        Optional<RangeFile> newest = remote.known().newest(LitestreamNames.SNAPSHOT_LEVEL);
        if (newest.isPresent()) {
            long end = newest.get().id().last();
            local.retain(Retention.upTo(LitestreamNames.SNAPSHOT_LEVEL, end, 0));
        }
    }

    /// Returns the time of the newest that is in the file of level 1 that has what is in a file of level 0; or of
    /// the snapshot, if the file is the first image. Empty if there is none.
    private Optional<Instant> coveredSince(RangeFile file) {
        KnownRanges known = remote.known();
        long first = file.id().first();
        long last = file.id().last();
        Optional<Instant> merged =
                known.covering(1, last).stream()
                        .filter(above -> Long.compareUnsigned(above.id().first(), first) <= 0)
                        .map(RangeFile::created)
                        .min(Instant::compareTo);
        return merged.isEmpty() && first == 1 && Levels.isSnapshot(known, last)
                ? Optional.of(file.created())
                : merged;
    }

    private int oldestKept(List<RangeFile> snapshots, Instant now) {
        Instant time = now.minus(settings.snapshotRetention());
        int keep = 0;
        for (int i = 0; i < snapshots.size(); i++) {
            if (snapshots.get(i).created().isBefore(time)) {
                keep = i;
            }
        }
        return keep;
    }

    /// Returns when something may go, if nothing else happens before; it may be past.
    Optional<Instant> next() {
        KnownRanges known = remote.known();
        Optional<Instant> level0 =
                earlier(oldestCovered(known.list(0)), oldestCovered(local.known().list(0)));
        List<RangeFile> snapshots = known.list(LitestreamNames.SNAPSHOT_LEVEL);
        Optional<Instant> snapshot =
                snapshots.size() < 2
                        ? Optional.empty()
                        : Optional.of(
                                snapshots.get(1).created().plus(settings.snapshotRetention()));
        return earlier(level0, snapshot);
    }

    private Optional<Instant> oldestCovered(List<RangeFile> files) {
        return files.size() > 1
                ? coveredSince(files.getFirst()).map(time -> time.plus(settings.level0Retention()))
                : Optional.empty();
    }

    static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return one.get().isBefore(other.get()) ? one : other;
    }
}
