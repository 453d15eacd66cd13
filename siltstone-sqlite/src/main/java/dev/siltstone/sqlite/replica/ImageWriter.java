package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.IndexSpill;
import dev.siltstone.sqlite.ltx.LtxFormat;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.PageCoverage;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes a LTX file of a whole database: a snapshot, or, where history goes on, the pages that changed while
/// nobody looked.
///
/// Thread-safe: each call is by itself, but for the progress, which is that of the last one.
final class ImageWriter {
    private static final int REPORTED_PAGES = 1024;

    private final Disk disk;
    private final LocalRanges local;
    private final Path scratch;
    private final PageSums sums;
    private final InstantSource clock;
    private volatile @Nullable CopyProgress progress;

    ImageWriter(Disk disk, LocalRanges local, Path scratch, PageSums sums, InstantSource clock) {
        this.disk = disk;
        this.local = local;
        this.scratch = scratch;
        this.sums = sums;
        this.clock = clock;
    }

    /// Writes a snapshot: the database as the view shows it, which is how it was after `txid`.
    SnapshotSource.Snapshot snapshot(PinnedView view, Txid txid, LtxSink sink) throws IOException {
        LtxHeader header = header(view, Txid.FIRST, txid);
        IndexSpill spill = new IndexSpill(disk, scratch.resolve("snapshot.index"));
        try (LtxWriter writer =
                new LtxWriter("snapshot of " + txid, sink, header, PageCoverage.UNKNOWN, spill)) {
            new ImagePages(view)
                    .writeTo(
                            writer,
                            batch -> {
                                for (int i = 0; i < batch.count(); i++) {
                                    sums.learn(batch.first() + i, batch.checksum(i));
                                }
                                reached(view, batch.first() + batch.count() - 1);
                            });
            writer.finish();
            view.requireHeld();
            return new SnapshotSource.Snapshot(
                    txid,
                    Instant.ofEpochMilli(header.timestampMillis()),
                    Optional.of(writer.pagesChecksum()));
        } finally {
            progress = null;
        }
    }

    /// Returns how far the reading is; null while nothing is read.
    @Nullable CopyProgress progress() {
        return progress;
    }

    private void reached(PinnedView view, long pgno) {
        progress =
                new CopyProgress(
                        CopyProgress.Step.READING,
                        pgno * view.pageSize(),
                        view.pages() * view.pageSize());
    }

    /// Writes the transaction in which everything happened that was missed: the pages whose checksums are not
    /// the ones that are known, or all pages if none are. (Litestream goes on only behind a file that says where in
    /// a WAL it ended.)
    RangeFile missed(PinnedView view, Txid txid) throws IOException {
        LtxHeader header =
                header(view, txid, txid)
                        .withWal(WalFormat.HEADER_BYTES, 0, view.wal().salt1(), view.wal().salt2());
        boolean done = false;
        try (StagedRange staged = local.stage(0);
                LtxWriter writer =
                        new LtxWriter(
                                staged.file().path().toString(),
                                LtxSink.of(staged.file()),
                                header,
                                PageCoverage.UNKNOWN,
                                new IndexSpill(disk, scratch.resolve("missed.index")))) {
            ByteBuffer page = ByteBuffer.allocateDirect(view.pageSize());
            long lockPage = LtxFormat.lockPage(view.pageSize());
            for (long pgno = 1; pgno <= view.pages(); pgno++) {
                if (pgno == lockPage) {
                    continue;
                }
                view.read(pgno, page.clear());
                page.flip();
                if (pgno % REPORTED_PAGES == 0) {
                    reached(view, pgno);
                }
                long checksum = PageChecksum.of(pgno, page);
                if (pgno == 1 || sums.page(pgno) != checksum) {
                    sums.set(pgno, checksum);
                    writer.page(pgno, page);
                }
            }
            writer.finish();
            view.requireHeld();
            sums.advance(txid, view.pages());
            RangeFile file =
                    staged.finish(
                            txid.value(),
                            txid.value(),
                            Instant.ofEpochMilli(header.timestampMillis()),
                            sums.metadata(txid));
            done = true;
            return file;
        } finally {
            progress = null;
            if (!done) {
                sums.rebuild(); // what was set is in no file: the next attempt must not take it
                // for known
            }
        }
    }

    private LtxHeader header(PinnedView view, Txid min, Txid max) {
        return LtxHeader.of(
                view.pageSize(), view.pages(), min, max, clock.instant().toEpochMilli());
    }
}
