package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.PageChecksum;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Merges the files of one database at one destination into higher levels, puts snapshots, and deletes what is
/// no longer needed. It has no thread and no clock: somebody calls [#runDue] when it says, and after each file
/// that was confirmed asks [#nextDue] again.
///
/// | level   | takes                                        | when, by default                              |
/// |---------|----------------------------------------------|-----------------------------------------------|
/// | 1, 2, 3 | what the level below has got since           | 30 s, 5 min, 1 h: first call in each interval |
/// | 9       | the whole database, if anything changed      | 24 h, or at once if there is no snapshot      |
///
/// Intervals are those of the wall clock (UTC), as Litestream has them. Only what is confirmed at the destination
/// is merged, so a writer that loses the race for a name never gets into a higher level; likewise a snapshot
/// waits until all its transactions are confirmed.
///
/// The first image, if it is a snapshot already, does not climb: level 1 begins behind it.
///
/// No request is made but to move bytes or delete: while nothing changes, none.
///
/// Not thread-safe.
public final class Levels implements Closeable {
    private final RemoteRanges remote;
    private final LocalRanges local;
    private final SnapshotSource snapshots;
    private final LevelSettings settings;
    private final LevelFiles files;
    private final LevelRetention retention;

    /// By level: the interval in which it was last worked on.
    private final Instant[] worked = new Instant[LitestreamNames.LEVELS];

    private Instant retained = Instant.MIN;
    private @Nullable Held held;

    /// A snapshot that waits for its transactions to be confirmed.
    private record Held(StagedRange file, SnapshotSource.Snapshot snapshot) {}

    /// @param disk that holds `local`
    /// @param local of the database's meta directory; merged files are scratch files there
    public Levels(
            Disk disk,
            LocalRanges local,
            RemoteRanges remote,
            SnapshotSource snapshots,
            LevelSettings settings) {
        this.remote = remote;
        this.local = local;
        this.snapshots = snapshots;
        this.settings = settings;
        this.files = new LevelFiles(disk, local, remote);
        this.retention = new LevelRetention(local, remote, settings);
        Arrays.fill(worked, Instant.MIN);
    }

    /// Does what is due.
    ///
    /// @return when to call again, see [#nextDue]
    /// @throws LevelConflictException if another writer is at work; final
    /// @throws IOException if something could not be read, put or deleted; what was done is done, and calling
    ///     again goes on
    public Optional<Instant> runDue(Instant now) throws IOException {
        if (isDue(LitestreamNames.SNAPSHOT_LEVEL, now)) {
            takeSnapshot();
            worked[LitestreamNames.SNAPSHOT_LEVEL] = floor(now, settings.snapshotInterval());
        }
        putSnapshot();
        for (int level = 1; level <= settings.highest(); level++) {
            if (isDue(level, now)) {
                compact(level);
                worked[level] = floor(now, settings.interval(level));
            }
        }
        Instant slot = floor(now, settings.interval(1));
        if (slot.isAfter(retained)) {
            retention.run(now);
            retained = slot;
        }
        return nextDue(now);
    }

    /// Returns when something will be due, as far as is known now; empty if nothing will be until another file
    /// is confirmed. Makes no request.
    public Optional<Instant> nextDue(Instant now) {
        Optional<Instant> next = held == null ? Optional.empty() : Optional.of(next(1, now));
        for (int level = 1; level <= settings.highest(); level++) {
            next = LevelRetention.earlier(next, nextDue(level, now));
        }
        next = LevelRetention.earlier(next, nextDue(LitestreamNames.SNAPSHOT_LEVEL, now));
        Optional<Instant> delete = retention.next().map(time -> deleteAt(time, now));
        return LevelRetention.earlier(next, delete);
    }

    /// Files are deleted at most once per interval of level 1, many at once.
    private Instant deleteAt(Instant time, Instant now) {
        if (time.isAfter(now)) {
            return next(1, time.minusMillis(1));
        }
        return floor(now, settings.interval(1)).isAfter(retained) ? now : next(1, now);
    }

    private Optional<Instant> nextDue(int level, Instant now) {
        if (!isPending(level)) {
            return Optional.empty();
        }
        return Optional.of(isDue(level, now) ? now : next(level, now));
    }

    private boolean isDue(int level, Instant now) {
        return isPending(level)
                && floor(now, settings.interval(level)).isAfter(lastWorked(level, now));
    }

    /// Returns the interval in which a level was last worked on; after a start what its newest file tells.
    private Instant lastWorked(int level, Instant now) {
        Duration interval = settings.interval(level);
        Instant told =
                remote.known()
                        .newest(level)
                        .map(RangeFile::created)
                        .filter(created -> !created.isAfter(now))
                        .map(created -> floor(created, interval))
                        .orElse(Instant.MIN);
        return told.isAfter(worked[level]) ? told : worked[level];
    }

    private boolean isPending(int level) {
        if (level == LitestreamNames.SNAPSHOT_LEVEL) {
            long end = end(level);
            return held == null && Long.compareUnsigned(confirmedEnd(), end) > 0;
        }
        return !sources(level).isEmpty();
    }

    private static Instant floor(Instant time, Duration interval) {
        long millis = time.toEpochMilli();
        return Instant.ofEpochMilli(millis - Math.floorMod(millis, interval.toMillis()));
    }

    /// Returns the beginning of the next interval of a level.
    private Instant next(int level, Instant time) {
        Duration interval = settings.interval(level);
        return floor(time, interval).plus(interval);
    }

    // ---- merging

    /// Returns the end of the newest file of a level, 0 if there is none.
    private long end(int level) {
        return remote.known().newest(level).map(file -> file.id().last()).orElse(0L);
    }

    private long confirmedEnd() {
        long end = 0;
        for (int level = 0; level < LitestreamNames.LEVELS; level++) {
            end = Long.compareUnsigned(end(level), end) > 0 ? end(level) : end;
        }
        return end;
    }

    /// Returns the files of the level below that a level has not taken yet, oldest first.
    private List<RangeFile> sources(int level) {
        KnownRanges known = remote.known();
        return known.after(level - 1, end(level)).stream()
                .filter(file -> file.id().first() != 1 || !isSnapshot(known, file.id().last()))
                .toList();
    }

    /// Says whether there is a snapshot up to a transaction.
    static boolean isSnapshot(KnownRanges known, long last) {
        return known.find(new RangeId(LitestreamNames.SNAPSHOT_LEVEL, 1, last)).isPresent();
    }

    private void compact(int level) throws IOException {
        List<RangeFile> inputs = new ArrayList<>();
        for (RangeFile file : sources(level)) {
            long end = inputs.isEmpty() ? 0 : inputs.getLast().id().last();
            if (!inputs.isEmpty() && file.id().last() == end) {
                continue;
            }
            boolean follows =
                    inputs.isEmpty() || Long.compareUnsigned(file.id().first(), end + 1) <= 0;
            if (!follows || inputs.size() == settings.inputsMax()) {
                files.merge(inputs, level);
                inputs.clear();
            }
            inputs.add(file);
        }
        if (!inputs.isEmpty()) {
            files.merge(inputs, level);
        }
    }

    // ---- snapshots

    private void takeSnapshot() throws IOException {
        StagedRange staged = local.stage(LitestreamNames.SNAPSHOT_LEVEL);
        try {
            held = new Held(staged, snapshots.write(LtxSink.of(staged.file())));
        } finally {
            if (held == null) {
                staged.close();
            }
        }
    }

    private void putSnapshot() throws IOException {
        Held waiting = held;
        if (waiting == null) {
            return;
        }
        SnapshotSource.Snapshot snapshot = waiting.snapshot;
        if (Long.compareUnsigned(snapshot.txid().value(), confirmedEnd()) > 0) {
            return;
        }
        RangeId id = new RangeId(LitestreamNames.SNAPSHOT_LEVEL, 1, snapshot.txid().value());
        files.put(id, waiting.file, snapshot.time(), snapshot.checksum().map(PageChecksum::text));
        held = null;
        waiting.file.close();
    }

    /// Drops a snapshot that still waits; it is taken again after the next start.
    @Override
    public void close() throws IOException {
        Held waiting = held;
        held = null;
        if (waiting != null) {
            waiting.file.close();
        }
    }
}
