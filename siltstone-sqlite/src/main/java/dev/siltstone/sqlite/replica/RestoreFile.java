package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.sqlite.ltx.LtxDamagedException;
import dev.siltstone.sqlite.ltx.LtxRanges;
import dev.siltstone.sqlite.ltx.PageRange;
import dev.siltstone.sqlite.ltx.RangeSum;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A file of a plan, cut into pieces, and which of them are done. Once all are, the file is checked as a whole.
///
/// Thread-safe.
final class RestoreFile {
    private final int number;
    private final RangeFile file;
    private final RemoteLtx source;
    private final LtxRanges ranges;
    private final @Nullable RangeSum[] sums;
    private int left;

    /// @param number in the plan, from 1, oldest first
    RestoreFile(int number, RangeFile file, RemoteLtx source, LtxRanges ranges) {
        this.number = number;
        this.file = file;
        this.source = source;
        this.ranges = ranges;
        this.sums = new @Nullable RangeSum[ranges.ranges().size()];
        this.left = sums.length;
    }

    int number() {
        return number;
    }

    RangeFile file() {
        return file;
    }

    RemoteLtx source() {
        return source;
    }

    LtxRanges ranges() {
        return ranges;
    }

    long commit() {
        return ranges.header().commit();
    }

    /// Returns the index of the piece that begins at a file position, or -1.
    int rangeAt(long start) {
        int index = search(start, PageRange::start);
        return index >= 0 && ranges.ranges().get(index).start() == start ? index : -1;
    }

    /// Returns the index of the piece that holds a page of this file.
    int rangeOf(long pgno) {
        return search(pgno, PageRange::firstPgno);
    }

    /// Returns the last piece whose key is not behind a value, or -1.
    private int search(long value, ToLongFunction<PageRange> key) {
        List<PageRange> all = ranges.ranges();
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (key.applyAsLong(all.get(middle)) <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    synchronized boolean isDone(int range) {
        return sums[range] != null;
    }

    /// Takes note of a piece that was decoded.
    ///
    /// @throws LtxDamagedException if it was the last, and the file is not what was written
    synchronized void done(int range, RangeSum sum) throws LtxDamagedException {
        if (sums[range] == null) {
            sums[range] = sum;
            left--;
            if (left == 0) {
                check();
            }
        }
    }

    /// Checks a file without pages, for which no piece is ever done.
    synchronized void checkIfEmpty() throws LtxDamagedException {
        if (sums.length == 0) {
            check();
        }
    }

    private void check() throws LtxDamagedException {
        ranges.check(Arrays.stream(sums).map(Objects::requireNonNull).toList());
        source.drop();
    }
}
