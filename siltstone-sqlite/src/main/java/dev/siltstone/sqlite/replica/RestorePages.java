package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.sqlite.ltx.LtxDamagedException;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.PageRange;
import dev.siltstone.sqlite.ltx.PageRangeReader;
import dev.siltstone.sqlite.ltx.RangeSum;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Writes the pages of a plan's files to their places in one file: each page once, from the file that has its
/// newest image, in whatever order the pieces come. Every piece of every file is decoded all the same, because
/// only a whole file can be checked.
///
/// What was written is forced on the way, so that the disk works while others decode.
final class RestorePages {
    private static final long FORCE_BYTES = 32L << 20;
    private static final int VERIFY_BYTES = 1 << 20;
    private static final int DECODES_MAX = 2;

    private record Piece(RestoreFile file, int range) {}

    private final RestoreIndex index;
    private final DiskFile target;
    private final RestoreProgress progress;
    private final RestoreSettings settings;
    private final RestoreListener listener;
    private final int pageSize;
    private final long totalBytes;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private long doneBytes;
    private long reusedBytes;
    private long checksums;

    RestorePages(
            RestoreIndex index,
            DiskFile target,
            RestoreProgress progress,
            RestoreSettings settings,
            RestoreListener listener) {
        this.index = index;
        this.target = target;
        this.progress = progress;
        this.settings = settings;
        this.listener = listener;
        this.pageSize = index.pageSize();
        this.totalBytes =
                index.files().stream()
                        .flatMap(file -> file.ranges().ranges().stream())
                        .mapToLong(PageRange::bytes)
                        .sum();
    }

    /// Returns the checksum of the database, once all is written.
    synchronized long checksum() {
        return checksums | PageChecksum.FLAG;
    }

    synchronized long reusedBytes() {
        return reusedBytes;
    }

    // ---- what was done before

    /// Finds out which pieces an earlier attempt has done: those of which all pages that are needed now lie in
    /// their places, with the checksums that they had when they were written.
    ///
    /// @return bytes of pages that are there
    long resume() throws IOException {
        int[][] needed =
                index.files().stream()
                        .map(file -> new int[file.ranges().ranges().size()])
                        .toArray(int[][]::new);
        long lockPage = index.lockPage();
        for (long pgno = 1; pgno <= index.pages(); pgno++) {
            if (pgno != lockPage) {
                RestoreFile file = index.owner(pgno);
                needed[file.number() - 1][file.rangeOf(pgno)]++;
            }
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(VERIFY_BYTES);
        AtomicLong pages = new AtomicLong();
        progress.read(
                index::find,
                (file, sum, written) -> {
                    int range = file.rangeAt(sum.range().start());
                    boolean known =
                            range >= 0
                                    && !file.isDone(range)
                                    && file.ranges().ranges().get(range).equals(sum.range());
                    if (known) {
                        int needs = needed[file.number() - 1][range];
                        Present present = present(file.number(), written, buffer);
                        if (present.pages == needs) {
                            pages.addAndGet(needs);
                            done(new Piece(file, range), sum, present.checksums, true);
                        }
                    }
                });
        return pages.get() * pageSize;
    }

    /// Pages of a record that are needed, and are there.
    private record Present(int pages, long checksums) {}

    private Present present(int number, DoneRange written, ByteBuffer buffer) throws IOException {
        int pages = 0;
        long sum = 0;
        int at = 0;
        int pagesAtOnce = VERIFY_BYTES / pageSize;
        for (int run = 0; run < written.runs(); run++) {
            long first = written.runFirst(run);
            for (int i = 0; i < written.runCount(run); i++, at++) {
                if (i % pagesAtOnce == 0) {
                    int bytes = Math.min(written.runCount(run) - i, pagesAtOnce) * pageSize;
                    target.read(buffer.clear().limit(bytes), (first + i - 1) * pageSize);
                }
                int from = i % pagesAtOnce * pageSize;
                boolean isThere =
                        index.isOwner(number, first + i)
                                && PageChecksum.of(first + i, buffer.slice(from, pageSize))
                                        == written.checksum(at);
                if (isThere) {
                    pages++;
                    sum ^= written.checksum(at);
                }
            }
        }
        return new Present(pages, sum);
    }

    // ---- the rest

    /// Decodes what is not done, and writes it; forced when this returns, and every file checked.
    ///
    /// @throws LtxDamagedException if a file is not what was written
    /// @throws dev.siltstone.objectstore.NoSuchObjectException if one is gone
    void run() throws IOException {
        for (RestoreFile file : index.files()) {
            file.checkIfEmpty();
        }
        List<Piece> pieces = new ArrayList<>();
        for (RestoreFile file : index.files().reversed()) {
            for (int range = 0; range < file.ranges().ranges().size(); range++) {
                if (!file.isDone(range)) {
                    pieces.add(new Piece(file, range));
                }
            }
        }
        AtomicInteger next = new AtomicInteger();
        int workers = Math.min(settings.parallelism(), pieces.size());
        try (EarlyForce force = EarlyForce.start(target, FORCE_BYTES)) {
            if (workers > 0) {
                BoundedTasks.runOnPlatformThreads(
                        workers,
                        Collections.nCopies(workers, () -> work(pieces, next, force)),
                        "siltstone-restore");
            }
            force.end();
        }
    }

    private void work(List<Piece> pieces, AtomicInteger next, EarlyForce force) throws IOException {
        boolean good = false;
        try {
            PageRangeReader reader = new PageRangeReader(pieces.getFirst().file().ranges());
            DoneRange written = new DoneRange();
            while (!stopped.get()) {
                int which = next.getAndIncrement();
                if (which >= pieces.size()) {
                    break;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("interrupted while pieces were restored");
                }
                force.check();
                decode(pieces.get(which), reader, written);
                force.written((long) written.pages() * pageSize);
            }
            good = true;
        } finally {
            if (!good) {
                stopped.set(true);
            }
        }
    }

    /// Decodes a piece; if it is damaged once more, because it may have been damaged on its way.
    private void decode(Piece piece, PageRangeReader reader, DoneRange written) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                RangeSum sum = decodeOnce(piece, reader, written);
                RestoreFile file = piece.file();
                long fileChecksum = file.ranges().trailer().fileChecksum();
                progress.add(new DoneRange.Piece(file.file(), fileChecksum, sum), written);
                done(piece, sum, written.sum(), false);
                return;
            } catch (LtxDamagedException e) {
                piece.file().source().drop();
                if (attempt == DECODES_MAX || piece.file().isDone(piece.range())) {
                    throw e;
                }
            }
        }
    }

    private RangeSum decodeOnce(Piece piece, PageRangeReader reader, DoneRange written)
            throws IOException {
        RestoreFile file = piece.file();
        PageRange range = file.ranges().ranges().get(piece.range());
        written.clear();
        reader.turnTo(file.ranges());
        return reader.decode(
                range,
                file.source().open(range.start(), range.end()),
                (first, count, pages, sums) ->
                        write(file.number(), first, count, pages, sums, written));
    }

    private void write(
            int number, long first, int count, ByteBuffer pages, long[] sums, DoneRange written)
            throws IOException {
        int i = 0;
        while (i < count) {
            int from = i;
            while (i < count && index.isOwner(number, first + i)) {
                written.add(first + i, sums[i]);
                i++;
            }
            if (i > from) {
                int bytes = (i - from) * pageSize;
                target.write(
                        pages.slice(pages.position() + from * pageSize, bytes),
                        (first + from - 1) * pageSize);
            } else {
                i++;
            }
        }
    }

    private synchronized void done(Piece piece, RangeSum sum, long pageChecksums, boolean reused)
            throws IOException {
        checksums ^= pageChecksums;
        doneBytes += sum.range().bytes();
        reusedBytes += reused ? sum.range().bytes() : 0;
        piece.file().done(piece.range(), sum);
        listener.progressed(doneBytes, totalBytes);
    }

    /// Says of every page which checksum it has.
    void eachChecksum(ChecksumSink sink) throws IOException {
        progress.read(
                index::find,
                (file, sum, written) -> {
                    int at = 0;
                    for (int run = 0; run < written.runs(); run++) {
                        for (int i = 0; i < written.runCount(run); i++, at++) {
                            long pgno = written.runFirst(run) + i;
                            if (index.isOwner(file.number(), pgno)) {
                                sink.checksum(pgno, written.checksum(at));
                            }
                        }
                    }
                });
    }

    /// Takes checksums of pages, in any order.
    @FunctionalInterface
    interface ChecksumSink {
        void checksum(long pgno, long checksum) throws IOException;
    }
}
