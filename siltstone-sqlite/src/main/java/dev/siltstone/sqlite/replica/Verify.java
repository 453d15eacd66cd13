package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.NanoClock;
import dev.siltstone.io.Pause;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.LtxFormat;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares a replica with the database it is of, page by page, while others write that.
///
/// ```
///   begin to read the database --> checksums of its pages at that commit, and at each commit after it
///        restore the newest transaction to a scratch file --> checksums of its pages
///             the same as at one of those commits?  yes: verified
///                                                   no: the replica is behind; wait for a newer transaction
/// ```
///
/// A transaction of the replica ends at some commit, and only the replicator knows at which; that is found by the
/// checksum of the whole, and then every page is compared.
///
/// While it works its read transaction keeps the WAL from restarting, so that it grows with what is written. Its
/// connections stay open at the end, for a process that ends then: closing the last one would clear away the WAL.
///
/// Thread-safe: each call is by itself.
public final class Verify {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int SHOWN_MAX = 10;

    private final RemoteRanges remote;
    private final Disk disk;
    private final NanoClock clock;
    private final Pause pause;

    /// @param remote opened for reading; its listings are renewed
    public Verify(RemoteRanges remote, ReplicaRuntime runtime) {
        this.remote = remote;
        this.disk = runtime.disk();
        this.clock = runtime.clock();
        this.pause = runtime.pause();
    }

    /// Compares.
    ///
    /// @param scratch the place of the restored database; removed in the end
    /// @param atMost how long it is waited for a transaction of the replica that is as new as the database was
    ///     at the beginning; what is restored and read comes on top
    /// @throws SourceException if the database cannot be read as one in WAL mode
    /// @throws IOException if the replica cannot be restored, see [Restore#run]
    public Verified run(Path database, Path scratch, Duration atMost, RestoreListener listener)
            throws IOException, InterruptedException {
        SourceCheck.require(database);
        LivePages live = begin(database, atMost);
        long waitedFrom = clock.nanoTime();
        Txid tried = Txid.ZERO;
        while (true) {
            Restore restore =
                    new Restore(remote, disk, RestoreSettings.DEFAULT, RestoredPosition.NONE);
            Txid newest = restore.plan(new RestoreTarget.Latest()).txid();
            boolean last = clock.nanoTime() - waitedFrom >= atMost.toNanos();
            if (newest.isAfter(tried) || last) {
                Verified verified = compare(restore, scratch, live, last, listener);
                if (verified.same() || last) {
                    return verified;
                }
                tried = verified.txid();
            }
            pause.pause(PAUSE);
            for (int level = 0; level < remote.known().levels(); level++) {
                remote.refresh(level);
            }
        }
    }

    private LivePages begin(Path database, Duration atMost)
            throws IOException, InterruptedException {
        SourceConnection reader = SourceConnection.open(database);
        SourceConnection checkpointer = SourceConnection.open(database);
        int pageSize = reader.pageSize();
        long from = clock.nanoTime();
        while (!reader.begin()) {
            if (clock.nanoTime() - from > atMost.toNanos()) {
                throw new IOException(
                        "%s could not be read for %s: somebody has locked it; trying again may help"
                                .formatted(database, atMost));
            }
            pause.pause(PAUSE);
        }
        return LivePages.read(
                checkpointer,
                new WalFile(database, WalReader.newBuffer()),
                DatabaseFiles.of(database),
                pageSize);
    }

    private Verified compare(
            Restore restore,
            Path scratch,
            LivePages live,
            boolean namesPages,
            RestoreListener listener)
            throws IOException {
        RestoreRequest request =
                RestoreRequest.of(new RestoreTarget.Latest(), scratch)
                        .withForce(true)
                        .withPosition(false);
        Restored restored = restore.run(request, listener);
        try {
            Optional<LivePages.State> state = live.find(restored.checksum());
            if (state.isEmpty() && !namesPages) {
                return verified(restored, false, List.of(), 0);
            }
            boolean wasThere = state.isPresent();
            return compare(restored, live, wasThere ? state.get() : live.now(), wasThere);
        } finally {
            disk.delete(scratch);
        }
    }

    /// @param exact whether that is the state to be; else pages that have changed since the base prove nothing
    private Verified compare(
            Restored restored, LivePages live, LivePages.State state, boolean exact)
            throws IOException {
        long[] sums;
        try (DiskFile file = disk.openForReading(restored.output())) {
            sums =
                    LivePages.sums(
                            restored.pages(),
                            restored.pageSize(),
                            (pgno, page) -> read(file, pgno, page));
        }
        long lockPage = LtxFormat.lockPage(restored.pageSize());
        List<Long> differing = new ArrayList<>();
        long differences = 0;
        for (long pgno = 1; pgno <= Math.max(sums.length, state.pages()); pgno++) {
            long there = pgno <= sums.length ? sums[(int) pgno - 1] : 0;
            boolean counts = pgno != lockPage && (exact || !state.changed().containsKey(pgno));
            if (counts && there != live.sum(state, pgno)) {
                differences++;
                if (differing.size() < SHOWN_MAX) {
                    differing.add(pgno);
                }
            }
        }
        return verified(restored, exact && differences == 0, differing, differences);
    }

    private static void read(DiskFile file, long pgno, ByteBuffer page) throws IOException {
        file.read(page, (pgno - 1) * page.capacity());
    }

    private static Verified verified(
            Restored restored, boolean same, List<Long> differing, long differences) {
        return new Verified(
                restored.txid(),
                restored.pages(),
                restored.pageSize(),
                restored.checksum(),
                same,
                differences,
                differing);
    }
}
