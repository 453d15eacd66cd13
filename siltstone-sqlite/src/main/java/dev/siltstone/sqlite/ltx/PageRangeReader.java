package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Decodes pieces of a file, one after the other; each thread that decodes has its own.
///
/// Not thread-safe.
public final class PageRangeReader {
    private static final int RUN_BYTES = 1 << 20;
    private static final int ALIGNMENT = 4096;

    private String file;
    private final int pageSize;
    private final FrameDecoder decoder;
    private ByteBuffer run;
    private ByteBuffer pages;
    private long[] checksums;
    private @Nullable InputWindow window;
    private long runFirst;
    private int runCount;

    /// @param ranges of the file
    public PageRangeReader(LtxRanges ranges) {
        this.file = ranges.source().file();
        this.pageSize = ranges.header().pageSize();
        this.decoder = new FrameDecoder(pageSize);
        this.checksums = new long[pagesAtOnce(ranges)];
        this.run = aligned(checksums.length * pageSize);
        this.pages = run.duplicate();
    }

    private int pagesAtOnce(LtxRanges ranges) {
        long most = ranges.ranges().stream().mapToLong(PageRange::pages).max().orElse(0);
        return Math.clamp(most, 1, RUN_BYTES / pageSize);
    }

    /// So that a disk may write pages past its cache.
    private static ByteBuffer aligned(int bytes) {
        ByteBuffer more = ByteBuffer.allocateDirect(bytes + ALIGNMENT);
        return more.slice(ALIGNMENT - more.alignmentOffset(0, ALIGNMENT), bytes);
    }

    /// Turns to another file with pages of the same size; the buffers stay, or grow if its pieces are longer.
    ///
    /// @throws IllegalArgumentException if its pages are of another size
    public void turnTo(LtxRanges ranges) {
        if (ranges.header().pageSize() != pageSize) {
            throw new IllegalArgumentException(
                    "%s has pages of %d bytes, not %d"
                            .formatted(
                                    ranges.source().file(), ranges.header().pageSize(), pageSize));
        }
        file = ranges.source().file();
        int count = pagesAtOnce(ranges);
        if (count > checksums.length) {
            checksums = new long[count];
            run = aligned(count * pageSize);
            pages = run.duplicate();
        }
    }

    /// Decodes one piece.
    ///
    /// @param in the bytes from the piece's start to its end; closed at the end
    /// @param sink gets the pages in their order
    /// @return what [LtxRanges#check] wants to know of it
    /// @throws LtxDamagedException if the frames are not those of the index, or a page does not decode
    /// @throws IOException if the stream cannot be read, or the sink threw it
    public RangeSum decode(PageRange range, InputStream in, PageRunSink sink) throws IOException {
        try (InputWindow open =
                window == null
                        ? new InputWindow(file, in, range.start())
                        : window.reusedFor(file, in, range.start())) {
            window = open;
            return decode(range, open, sink);
        }
    }

    private RangeSum decode(PageRange range, InputWindow in, PageRunSink sink) throws IOException {
        long crc = 0;
        long content = 0;
        long hash = Crc64.START;
        long last = range.firstPgno() - 1;
        runCount = 0;
        for (long i = 0; i < range.pages(); i++) {
            int at = runCount * pageSize;
            if (!decoder.next(in, run, at)) {
                throw in.damaged(
                        0, "page " + (i + 1) + " of a range", "a page", "the end of the pages");
            }
            long pgno = decoder.pgno();
            if (pgno <= last || pgno > range.lastPgno()) {
                throw new LtxDamagedException(
                        file,
                        decoder.filePosition(),
                        "page number",
                        "%d to %d".formatted(last + 1, range.lastPgno()),
                        Long.toString(pgno));
            }
            last = pgno;
            crc = decoder.addTo(crc);
            content += decoder.contentBytes();
            hash = EntryHashes.add(hash, pgno, decoder.frameBytes());
            take(pgno, at, sink);
        }
        if (in.filePosition() != range.end() || hash != range.entriesHash()) {
            throw new LtxDamagedException(
                    file,
                    range.start(),
                    "frames of pages %d to %d".formatted(range.firstPgno(), range.lastPgno()),
                    "those of the page index, up to " + range.end(),
                    "others, up to " + in.filePosition());
        }
        flush(sink);
        return new RangeSum(range, crc, content);
    }

    /// Takes the page that was decoded to `at`, which is the end of the run.
    private void take(long pgno, int at, PageRunSink sink) throws IOException {
        if (runCount > 0 && pgno != runFirst + runCount) {
            flush(sink);
            run.put(0, run, at, pageSize); // it was decoded behind the run it does not belong to
        }
        if (runCount == 0) {
            runFirst = pgno;
        }
        checksums[runCount++] = decoder.pageChecksum();
        if (runCount == checksums.length) {
            flush(sink);
        }
    }

    private void flush(PageRunSink sink) throws IOException {
        if (runCount > 0) {
            sink.pages(runFirst, runCount, pages.limit(runCount * pageSize).position(0), checksums);
            runCount = 0;
        }
    }
}
