package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Puts the snapshot that a replica begins with. It lives at the destination only. On its way it is a scratch file,
/// because the database's checksum goes before the first byte; that file is never forced, so most of it is not
/// even written to the disk.
///
/// One call at a time; the progress may be asked for by any thread.
final class FirstSnapshot {
    private final Disk disk;
    private final LocalRanges local;
    private final RemoteRanges remote;
    private final ImageWriter images;
    private final AtomicLong sent = new AtomicLong();
    private volatile long totalBytes;

    FirstSnapshot(Disk disk, LocalRanges local, RemoteRanges remote, ImageWriter images) {
        this.disk = disk;
        this.local = local;
        this.remote = remote;
        this.images = images;
    }

    /// Reads the database and uploads it.
    ///
    /// @throws RangeTakenException if the destination has another snapshot of that name
    /// @throws LostHoldException if what was read belongs to more than one state; nothing was uploaded
    void put(PinnedView view, Txid txid) throws IOException {
        try (StagedRange staged = local.stage(LitestreamNames.SNAPSHOT_LEVEL)) {
            SnapshotSource.Snapshot snapshot =
                    images.snapshot(view, txid, LtxSink.of(staged.file()));
            RangeId id =
                    new RangeId(LitestreamNames.SNAPSHOT_LEVEL, Txid.FIRST.value(), txid.value());
            String checksum = PageChecksum.text(snapshot.checksum().orElseThrow());
            ObjectBody body = ObjectBody.of(disk, staged.file().path());
            sent.set(0);
            totalBytes = body.bytes();
            PutOutcome outcome =
                    remote.put(
                            id,
                            new CountedBody(body, sent),
                            snapshot.time(),
                            Map.of(LitestreamNames.CHECKSUM_METADATA, checksum));
            if (outcome instanceof PutOutcome.AlreadyThere) {
                if (!remote.holds(id, body)) {
                    throw new RangeTakenException(id, remote.toString());
                }
                remote.refresh(id.level());
            }
        } finally {
            totalBytes = 0;
        }
    }

    /// Returns how far it is; empty while nothing is read or uploaded.
    Optional<CopyProgress> progress() {
        long total = totalBytes;
        if (total > 0) {
            return Optional.of(
                    new CopyProgress(
                            CopyProgress.Step.UPLOADING, Math.min(sent.get(), total), total));
        }
        @Nullable CopyProgress reading = images.progress();
        return Optional.ofNullable(reading);
    }
}
