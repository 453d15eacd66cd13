package dev.siltstone.stream.segment;

/// What a segment says of itself before anything else.
///
/// @param level 0 for what came out of journal files, higher for merged ones
/// @param start log position at which what it holds begins
/// @param end log position at which that ends; after `start`
/// @param logId of the log that the positions belong to
/// @param writerEpoch under which it was written
/// @param compressed whether its blocks are compressed with zstd
/// @param blockBytes content of a block, uncompressed: a power of two between 4 KiB and 1 MiB
public record SegmentHeader(
        int level,
        long start,
        long end,
        long logId,
        long writerEpoch,
        boolean compressed,
        int blockBytes) {
    /// What one checksum covers, unless a test wants it smaller: 64 KiB.
    ///
    /// A cold read of a short run pays for one block, about 10 µs of checksum beside the disk's time; a
    /// gigabyte needs 16,384 of them, which is 64 KiB of checksums on disk and 2 KiB of heap to remember
    /// which were verified; and zstd gains little from more at once.
    public static final int BLOCK_BYTES = 1 << 16;

    private static final int BLOCK_BYTES_MIN = 1 << 12;
    private static final int BLOCK_BYTES_MAX = 1 << 20;

    /// @throws IllegalArgumentException if a bound above is not kept
    public SegmentHeader {
        if (!isPlausible(level, start, end, blockBytes)) {
            throw new IllegalArgumentException(
                    "level %d, positions %d to %d, blocks of %d bytes"
                            .formatted(level, start, end, blockBytes));
        }
    }

    /// Returns the header of a segment whose bytes lie in it as they are.
    public static SegmentHeader plain(
            int level, long start, long end, long logId, long writerEpoch) {
        return new SegmentHeader(level, start, end, logId, writerEpoch, false, BLOCK_BYTES);
    }

    /// Returns the same for compressed blocks.
    public SegmentHeader withCompression() {
        return new SegmentHeader(level, start, end, logId, writerEpoch, true, blockBytes);
    }

    /// Returns the same for blocks of another size.
    public SegmentHeader withBlockBytes(int bytes) {
        return new SegmentHeader(level, start, end, logId, writerEpoch, compressed, bytes);
    }

    static boolean isPlausible(int level, long start, long end, int blockBytes) {
        return level >= 0
                && 0 <= start
                && start < end
                && BLOCK_BYTES_MIN <= blockBytes
                && blockBytes <= BLOCK_BYTES_MAX
                && Integer.bitCount(blockBytes) == 1;
    }
}
