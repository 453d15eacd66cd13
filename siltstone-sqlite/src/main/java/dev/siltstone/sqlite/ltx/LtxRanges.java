package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// A large file in pieces that can be fetched and decoded side by side, in any order, and are checked together
/// at the end as [LtxReader] would check the whole.
///
/// Memory: one [PageRange] per piece. Immutable, so thread-safe.
public final class LtxRanges {
    private final LtxSource source;
    private final LtxTail tail;
    private final List<PageRange> ranges;

    private LtxRanges(LtxSource source, LtxTail tail, List<PageRange> ranges) {
        this.source = source;
        this.tail = tail;
        this.ranges = List.copyOf(ranges);
    }

    /// Reads header and index with up to three requests and cuts the frames into pieces.
    ///
    /// @param rangeBytes length of a piece, at least; it ends with the frame that reaches it
    /// @throws LtxDamagedException if header, index or trailer are not possible
    /// @throws IOException if the file cannot be read
    public static LtxRanges load(LtxSource source, long rangeBytes) throws IOException {
        return load(source, rangeBytes, pgno -> {});
    }

    /// Does what [#load(LtxSource, long)] does, and tells which pages are in the file.
    ///
    /// @param pages gets the page numbers, ascending
    public static LtxRanges load(LtxSource source, long rangeBytes, LongConsumer pages)
            throws IOException {
        Cutter cutter = new Cutter(rangeBytes, pages);
        LtxTail tail = LtxTail.read(source, cutter);
        cutter.cut();
        return new LtxRanges(source, tail, cutter.ranges);
    }

    public LtxSource source() {
        return source;
    }

    public LtxHeader header() {
        return tail.header();
    }

    /// Returns the trailer as it stands in the file: whether its checksum is right only [#check] tells.
    public LtxTrailer trailer() {
        return tail.trailer();
    }

    /// Returns the pieces in the file's order; none if it has no pages.
    public List<PageRange> ranges() {
        return ranges;
    }

    /// Checks the whole file by what its pieces were.
    ///
    /// @param sums of all pieces, in the file's order
    /// @throws LtxDamagedException if the file checksum is wrong, or the trailer is not possible
    public void check(List<RangeSum> sums) throws LtxDamagedException {
        List<PageRange> decoded = sums.stream().map(RangeSum::range).toList();
        if (!decoded.equals(ranges)) {
            throw new IllegalArgumentException(
                    "%s: %d ranges decoded of %d, or in another order"
                            .formatted(source.file(), decoded.size(), ranges.size()));
        }
        long crc = tail.headerCrc();
        for (RangeSum sum : sums) {
            crc = Crc64.shift(crc, sum.contentBytes()) ^ sum.crc();
        }
        crc = Crc64.shift(crc, tail.tailBytes()) ^ tail.tailCrc();
        LtxReader.checkTrailer(
                source.file(),
                source.bytes() - LtxFormat.TRAILER_BYTES,
                tail.header(),
                tail.trailer(),
                crc);
    }

    /// Gathers entries until they are long enough for a piece.
    private static final class Cutter implements IndexEntries.Visitor {
        private final long rangeBytes;
        private final LongConsumer numbers;
        private final List<PageRange> ranges = new ArrayList<>();
        private long start = LtxFormat.HEADER_BYTES;
        private long end = LtxFormat.HEADER_BYTES;
        private long firstPgno;
        private long lastPgno;
        private long pages;
        private long hash = Crc64.START;

        Cutter(long rangeBytes, LongConsumer numbers) {
            this.rangeBytes = rangeBytes;
            this.numbers = numbers;
        }

        @Override
        public void entry(long pgno, long frame, long frameBytes, long entryPosition) {
            if (pages == 0) {
                firstPgno = pgno;
            }
            lastPgno = pgno;
            numbers.accept(pgno);
            pages++;
            end = frame + frameBytes;
            hash = EntryHashes.add(hash, pgno, frameBytes);
            if (end - start >= rangeBytes) {
                cut();
            }
        }

        void cut() {
            if (pages > 0) {
                ranges.add(new PageRange(start, end, firstPgno, lastPgno, pages, hash));
            }
            start = end;
            pages = 0;
            hash = Crc64.START;
        }
    }
}
