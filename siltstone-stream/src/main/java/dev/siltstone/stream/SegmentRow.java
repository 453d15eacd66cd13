package dev.siltstone.stream;

/// What the catalog knows of one file that holds settled bytes.
///
/// @param id given by [Catalog#nextSegmentId]; never used again
/// @param level 0 as settled, higher ones merged
/// @param start log position of the first byte it covers
/// @param end log position behind the last
/// @param kind how its bytes lie
/// @param fileBytes size of the file
/// @param runBytes stream bytes in the file, whoever they belong to
/// @param deadBytes those of them that belong to no run any more
record SegmentRow(
        long id,
        int level,
        long start,
        long end,
        Kind kind,
        long fileBytes,
        long runBytes,
        long deadBytes) {
    enum Kind {
        /// A file of contiguous runs.
        SEGMENT,
        /// A journal file that was kept as it is, with its run index.
        PROMOTED_JOURNAL
    }

    SegmentRow {
        if (id < 1 || level < 0 || start < 0 || end <= start) {
            throw new IllegalArgumentException(
                    "segment %d of level %d from %d to %d".formatted(id, level, start, end));
        }
        if (fileBytes < 0 || deadBytes < 0 || deadBytes > runBytes) {
            throw new IllegalArgumentException(
                    "segment %d: %d bytes, %d in runs, %d dead"
                            .formatted(id, fileBytes, runBytes, deadBytes));
        }
    }

    /// Returns the bytes that belong to runs.
    long liveBytes() {
        return runBytes - deadBytes;
    }
}
