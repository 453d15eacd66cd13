package dev.siltstone.stream.segment;

/// Where the parts of a segment lie, see [SegmentFormat].
final class SegmentLayout {
    private static final int PAGE_BYTES = SegmentFormat.PAGE_BYTES;

    final long dataStart = PAGE_BYTES;
    final long dataEnd;
    final long marksStart;
    final long runsStart;
    final long runPages;
    final long blocksStart;
    final long blockPages;
    final int blockRowBytes;
    final int blocksPerPage;
    final long footerStart;

    /// Of each key level where it begins, the lowest first; then where the highest ends.
    private final long[] levelStarts;

    SegmentLayout(SegmentHeader header, SegmentFormat.Footer footer) {
        dataEnd = dataStart + footer.storedBytes();
        marksStart = pageAtOrAfter(dataEnd);
        runsStart = marksStart + PAGE_BYTES * footer.markPages();
        runPages = pages(footer.runs(), SegmentFormat.RUNS_PER_PAGE);
        int levels = 0;
        for (long below = runPages; below > 1; below = keyPages(below)) {
            levels++;
        }
        levelStarts = new long[levels + 1];
        levelStarts[0] = runsStart + PAGE_BYTES * runPages;
        long below = runPages;
        for (int level = 0; level < levels; level++) {
            below = keyPages(below);
            levelStarts[level + 1] = levelStarts[level] + PAGE_BYTES * below;
        }
        blocksStart = levelStarts[levels];
        blockRowBytes = header.compressed() ? SegmentFormat.BLOCK_ROW_BYTES : Integer.BYTES;
        blocksPerPage = SegmentFormat.PAGE_BODY_BYTES / blockRowBytes;
        blockPages = pages(footer.blocks(), blocksPerPage);
        footerStart = blocksStart + PAGE_BYTES * blockPages;
    }

    long fileBytes() {
        return footerStart + PAGE_BYTES;
    }

    int levels() {
        return levelStarts.length - 1;
    }

    /// Returns where a key level begins, 0 being the lowest.
    long levelStart(int level) {
        return levelStarts[level];
    }

    static long pageAtOrAfter(long filePosition) {
        return (filePosition + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    static long keyPages(long pagesBelow) {
        return pages(pagesBelow, SegmentFormat.KEYS_PER_PAGE);
    }

    private static long pages(long rows, int perPage) {
        return (rows + perPage - 1) / perPage;
    }
}
