package dev.siltstone.rangestore;

import java.util.Comparator;

/// The name of an immutable file: what it holds, at which level. Sorts by level, then by `first`, then by `last`.
///
/// Positions are unsigned: all 64 bits count, and comparing goes through this class.
///
/// @param level 0 holds what was appended as it came, higher ones the same rearranged
/// @param first position it holds
/// @param last position it holds, not before `first`; both ends belong to the range
public record RangeId(int level, long first, long last) implements Comparable<RangeId> {
    private static final Comparator<RangeId> ORDER =
            Comparator.comparingInt(RangeId::level)
                    .thenComparing(RangeId::first, Long::compareUnsigned)
                    .thenComparing(RangeId::last, Long::compareUnsigned);

    /// @throws IllegalArgumentException if the level is negative, or `last` before `first`
    public RangeId {
        if (level < 0) {
            throw new IllegalArgumentException("level " + level);
        }
        if (Long.compareUnsigned(last, first) < 0) {
            throw new IllegalArgumentException(
                    "range from %s to %s"
                            .formatted(Long.toUnsignedString(first), Long.toUnsignedString(last)));
        }
    }

    /// Returns whether a position lies in the range.
    public boolean contains(long position) {
        return Long.compareUnsigned(first, position) <= 0
                && Long.compareUnsigned(position, last) <= 0;
    }

    @Override
    public int compareTo(RangeId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%d/%016x-%016x".formatted(level, first, last);
    }
}
