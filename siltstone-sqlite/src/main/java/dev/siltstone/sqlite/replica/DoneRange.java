package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.sqlite.ltx.RangeSum;
import java.util.Arrays;

/// A piece of a file that was decoded, and the pages of it that were written. Grows as they are.
///
/// Not thread-safe.
final class DoneRange {
    private long[] runFirst = new long[16];
    private int[] runCount = new int[16];
    private int runs;
    private long[] checksums = new long[256];
    private int pages;

    void clear() {
        runs = 0;
        pages = 0;
    }

    /// Adds a page that was written; pages come in the order of their numbers.
    void add(long pgno, long checksum) {
        if (runs == 0 || pgno != runFirst[runs - 1] + runCount[runs - 1]) {
            addRun(pgno, 0);
        }
        runCount[runs - 1]++;
        addChecksum(checksum);
    }

    void addRun(long first, int count) {
        if (runs == runFirst.length) {
            runFirst = Arrays.copyOf(runFirst, runs * 2);
            runCount = Arrays.copyOf(runCount, runs * 2);
        }
        runFirst[runs] = first;
        runCount[runs++] = count;
    }

    void addChecksum(long checksum) {
        if (pages == checksums.length) {
            checksums = Arrays.copyOf(checksums, pages * 2);
        }
        checksums[pages++] = checksum;
    }

    int runs() {
        return runs;
    }

    long runFirst(int run) {
        return runFirst[run];
    }

    int runCount(int run) {
        return runCount[run];
    }

    int pages() {
        return pages;
    }

    long checksum(int page) {
        return checksums[page];
    }

    /// Returns all checksums together (exclusive or).
    long sum() {
        long sum = 0;
        for (int i = 0; i < pages; i++) {
            sum ^= checksums[i];
        }
        return sum;
    }

    /// Which piece of which file it is.
    ///
    /// @param fileChecksum as in the file's trailer
    /// @param sum what the piece adds to it
    record Piece(RangeFile file, long fileChecksum, RangeSum sum) {}
}
