package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Merges LTX files that follow each other into one sequence of pages: of each page the newest image, none
/// beyond the last file's commit.
///
/// Every input is read to its end and checked as [LtxReader] does, those pages included that newer ones
/// replace. A page that was cut off (a file's commit was below it) and is there again afterwards must come
/// from a file after that cut: an older image of it is damage, not data.
///
/// Memory depends on the number of inputs alone. Not thread-safe. The inputs are the caller's to close.
public final class LtxMerger {
    private final List<LtxReader> inputs;
    private final LtxHeader header;

    /// `cutAfter[i]`: the smallest commit of the inputs behind input i.
    private final long[] cutAfter;

    private final PriorityQueue<Input> heads;
    private final PageOrder order;
    private LtxReader current;
    private int currentIndex;
    private boolean moved;

    /// An input that is at a page; of equal pages the newest comes first.
    private record Input(long pgno, int index) implements Comparable<Input> {
        @Override
        public int compareTo(Input other) {
            int byPage = Long.compare(pgno, other.pgno);
            return byPage != 0 ? byPage : Integer.compare(other.index, index);
        }
    }

    /// Begins a merge.
    ///
    /// @param inputs oldest first, at least one, none moved yet. Each must begin at most one transaction
    ///     behind the one before and end behind it
    /// @throws LtxNotContiguousException if they do not follow each other, or have different page sizes
    /// @throws IOException if an input's first page cannot be read
    public LtxMerger(List<LtxReader> inputs) throws IOException {
        this(inputs, PageCoverage.UNKNOWN);
    }

    /// Begins a merge of which is known which pages it must yield, if it is no snapshot.
    ///
    /// @param coverage by the database before the first input
    public LtxMerger(List<LtxReader> inputs, PageCoverage coverage) throws IOException {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("nothing to merge");
        }
        this.inputs = List.copyOf(inputs);
        checkContiguous();
        LtxHeader first = inputs.getFirst().header();
        LtxHeader last = inputs.getLast().header();
        this.header =
                LtxHeader.of(
                        first.pageSize(),
                        last.commit(),
                        first.min(),
                        last.max(),
                        last.timestampMillis());
        this.order = new PageOrder(header, coverage);
        this.cutAfter = new long[inputs.size()];
        cutAfter[inputs.size() - 1] = Long.MAX_VALUE;
        for (int i = inputs.size() - 2; i >= 0; i--) {
            cutAfter[i] = Math.min(cutAfter[i + 1], inputs.get(i + 1).header().commit());
        }
        this.current = inputs.getFirst();
        this.heads = new PriorityQueue<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            advance(i);
        }
    }

    private void checkContiguous() throws LtxNotContiguousException {
        for (int i = 1; i < inputs.size(); i++) {
            LtxReader before = inputs.get(i - 1);
            LtxReader after = inputs.get(i);
            if (before.header().pageSize() != after.header().pageSize()) {
                throw new LtxNotContiguousException(
                        "%s has pages of %d bytes, %s of %d: they cannot be merged"
                                .formatted(
                                        before.file(),
                                        before.header().pageSize(),
                                        after.file(),
                                        after.header().pageSize()));
            }
            Txid end = before.header().max();
            boolean overlapsOrFollows =
                    !after.header().min().previous().isAfter(end)
                            && after.header().max().isAfter(end);
            if (!overlapsOrFollows) {
                throw new LtxNotContiguousException(
                        "%s ends at transaction %s, %s has %s to %s: it does not go on from there"
                                .formatted(
                                        before.file(),
                                        end,
                                        after.file(),
                                        after.header().min(),
                                        after.header().max()));
            }
        }
    }

    /// Returns the header of the merged file: without WAL, node or database checksums, as Litestream demands
    /// it; page size and first transaction of the first input, all else of the last.
    public LtxHeader header() {
        return header;
    }

    /// Returns the header of the merged file with database checksums.
    ///
    /// @throws IllegalStateException if the first or the last input has none
    public LtxHeader headerWithChecksums() {
        if (inputs.getFirst().header().noChecksum() || inputs.getLast().header().noChecksum()) {
            throw new IllegalStateException(
                    "no database checksums in %s or %s"
                            .formatted(inputs.getFirst().file(), inputs.getLast().file()));
        }
        return header.withChecksums(inputs.getFirst().header().preApplyChecksum());
    }

    /// Moves to the next page.
    ///
    /// @return false once all inputs were read to their ends and found right
    /// @throws LtxDamagedException if anything is wrong with an input, a page that must be there is missing,
    ///     or it was cut off
    /// @throws IOException if an input cannot be read
    public boolean next() throws IOException {
        if (moved) {
            advance(currentIndex);
            moved = false;
        }
        while (!heads.isEmpty()) {
            Input newest = heads.remove();
            while (!heads.isEmpty() && heads.peek().pgno() == newest.pgno()) {
                advance(heads.remove().index());
            }
            if (newest.pgno() > header.commit()) {
                advance(newest.index());
                continue;
            }
            current = inputs.get(newest.index());
            currentIndex = newest.index();
            moved = true;
            checkPage(newest);
            return true;
        }
        fail(order.end(0));
        return false;
    }

    private void checkPage(Input newest) throws LtxDamagedException {
        long filePosition = current.frame().filePosition();
        if (newest.pgno() > cutAfter[newest.index()]) {
            throw new LtxDamagedException(
                    current.file(),
                    filePosition,
                    "page %d was cut off after this file".formatted(newest.pgno()),
                    "its new image in a later file",
                    "none");
        }
        fail(order.next(newest.pgno(), filePosition));
    }

    private void fail(@Nullable Wrong wrong) throws LtxDamagedException {
        if (wrong != null) {
            String first = inputs.getFirst().file();
            String last = inputs.getLast().file();
            throw wrong.in(inputs.size() == 1 ? first : first + " up to " + last);
        }
    }

    private void advance(int index) throws IOException {
        if (inputs.get(index).next()) {
            heads.add(new Input(inputs.get(index).pgno(), index));
        }
    }

    /// Returns the reader that is at the page; its page and checksum are valid until [#next()].
    public LtxReader current() {
        return current;
    }

    /// Writes the merged file; blocks are copied as they are, pages in the older form compressed anew.
    ///
    /// @param writer begun with [#header()] or [#headerWithChecksums()], perhaps changed in time, flags, WAL or
    ///     node; finished at the end
    /// @return the file's trailer
    /// @throws LtxDamagedException as [#next()] throws it
    /// @throws IOException if an input cannot be read or the sink fails
    public LtxTrailer writeTo(LtxWriter writer) throws IOException {
        LtxHeader to = writer.header();
        if (to.pageSize() != header.pageSize()
                || to.commit() != header.commit()
                || !to.name().equals(header.name())) {
            throw new IllegalArgumentException(to + " is not the header of " + header.name());
        }
        while (next()) {
            writer.page(current);
        }
        long checksum = to.noChecksum() ? 0 : inputs.getLast().trailer().postApplyChecksum();
        return writer.finish(checksum);
    }
}
