package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.IndexSpill;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageCoverage;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Makes LTX files of level 0 out of capture files: the newest image of each page, once.
///
/// Not thread-safe; the files of one database are packed one after the other.
final class Packer {
    private final Disk disk;
    private final LocalRanges local;
    private final Path scratch;
    private final PageSums sums;
    private final InstantSource clock;

    /// @param scratch a directory for what a crash may leave
    Packer(Disk disk, LocalRanges local, Path scratch, PageSums sums, InstantSource clock) {
        this.disk = disk;
        this.local = local;
        this.scratch = scratch;
        this.sums = sums;
        this.clock = clock;
    }

    /// Writes the LTX file of one transaction; it is durable when this returns. The captures stay.
    ///
    /// @param captures of one transaction, oldest first, with at least one frame among them
    RangeFile pack(List<Capture> captures) throws IOException {
        Capture first = captures.getFirst();
        Capture last = captures.getLast();
        long commit = last.pagesAfter();
        Instant now = clock.instant();
        LtxHeader header = header(captures, commit, now);
        try (StagedRange staged = local.stage(0);
                LtxWriter writer =
                        new LtxWriter(
                                staged.file().path().toString(),
                                LtxSink.of(staged.file()),
                                header,
                                coverage(first),
                                new IndexSpill(disk, scratch.resolve("pack.index")))) {
            writePages(writer, captures, commit);
            writer.finish();
            sums.advance(header.max(), commit);
            long txid = header.max().value();
            return staged.finish(txid, txid, now, sums.metadata(header.max()));
        }
    }

    private static PageCoverage coverage(Capture first) {
        long before = first.header().pagesBefore();
        return before == 0 ? PageCoverage.UNKNOWN : PageCoverage.grownFrom(before);
    }

    /// Tells Litestream where in the WAL this ends, so that it can go on there.
    private static LtxHeader header(List<Capture> captures, long commit, Instant now) {
        Capture last = captures.getLast();
        Txid txid = last.txid();
        WalHeader wal = last.end().header();
        WalPosition start = last.header().start();
        return LtxHeader.of(wal.pageSize(), commit, txid, txid, now.toEpochMilli())
                .withWal(
                        start.filePosition(),
                        last.end().filePosition() - start.filePosition(),
                        wal.salt1(),
                        wal.salt2());
    }

    private void writePages(LtxWriter writer, List<Capture> captures, long commit)
            throws IOException {
        Merged merged = Merged.of(captures);
        ByteBuffer page = ByteBuffer.allocateDirect(writer.header().pageSize());
        long grownFrom = captures.getFirst().header().pagesBefore();
        long nextGrown = grownFrom == 0 ? commit + 1 : grownFrom + 1;
        for (long pgno : merged.pages()) {
            if (pgno > commit) {
                break;
            }
            for (; nextGrown < pgno; nextGrown++) {
                writeUntouched(writer, nextGrown, page);
            }
            if (pgno == writer.header().lockPage()) {
                continue;
            }
            merged.read(pgno, page.clear());
            sums.set(pgno, writer.page(pgno, page.flip()));
            nextGrown = Math.max(nextGrown, pgno + 1);
        }
        for (; nextGrown <= commit; nextGrown++) {
            writeUntouched(writer, nextGrown, page);
        }
    }

    /// A page that the database grew by but that nobody wrote: free, and zeros in the database file.
    private void writeUntouched(LtxWriter writer, long pgno, ByteBuffer page) throws IOException {
        if (pgno == writer.header().lockPage()) {
            return;
        }
        page.clear();
        while (page.hasRemaining()) {
            page.put((byte) 0);
        }
        sums.set(pgno, writer.page(pgno, page.flip()));
    }

    /// Captures as one map of pages, the newest image of each.
    private record Merged(List<Capture> captures, PageMap newest, long[] pages) {
        /// How many bits of a place say where in the file; the others say in which.
        private static final int POSITION_BITS = 44;

        static Merged of(List<Capture> captures) {
            PageMap newest = new PageMap();
            for (int i = 0; i < captures.size(); i++) {
                PageMap pages = captures.get(i).pages();
                for (long pgno : pages.pages()) {
                    newest.put(pgno, (long) i << POSITION_BITS | pages.find(pgno));
                }
            }
            return new Merged(captures, newest, newest.pages());
        }

        void read(long pgno, ByteBuffer page) throws IOException {
            long place = newest.find(pgno);
            captures.get((int) (place >>> POSITION_BITS))
                    .read(place & ((1L << POSITION_BITS) - 1), page);
        }
    }
}
