package dev.siltstone.layer.tar;

import java.util.Arrays;

/// Where in a file the bytes of its content lie; all else is holes.
///
/// Not thread-safe while it is filled.
final class SparseMap {
    static final int EXTENTS_MAX = 1 << 20;

    private long[] starts = new long[8];
    private long[] ends = new long[8];
    private int count;

    /// Adds an extent; returns what is wrong with it, empty if nothing.
    String add(long start, long bytes) {
        long before = count == 0 ? 0 : ends[count - 1];
        if (start < before || bytes < 0 || start > Long.MAX_VALUE - bytes) {
            return "a map of holes out of order";
        }
        if (count == EXTENTS_MAX) {
            return "a map of more than %d holes".formatted(EXTENTS_MAX);
        }
        if (bytes == 0) {
            return "";
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = start;
        ends[count] = start + bytes;
        count++;
        return "";
    }

    int count() {
        return count;
    }

    long start(int extent) {
        return starts[extent];
    }

    long end(int extent) {
        return ends[extent];
    }

    /// Returns the bytes of all extents.
    long bytes() {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += ends[i] - starts[i];
        }
        return bytes;
    }

    /// Returns where the last extent ends.
    long end() {
        return count == 0 ? 0 : ends[count - 1];
    }
}
