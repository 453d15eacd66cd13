package dev.siltstone.rangestore;

import java.util.Optional;

/// A layout: how files of ranges are named below a directory or prefix.
///
/// Names are relative, with `/` between segments, and the same in a directory and in a bucket. Pure; thread-safe.
public interface RangeNames {
    /// Returns how many levels there are: 0 to this, exclusive.
    int levels();

    /// Returns what the names of a level have in front, and those of no other level: a path that ends with `/`.
    /// All names of the level lie directly in it.
    String folder(int level);

    /// Returns the name of a file; begins with [#folder(int)] of its level.
    String nameOf(RangeId id);

    /// Returns what a name stands for, or nothing if it is foreign: [#nameOf] never gives it.
    Optional<RangeId> idOf(String name);
}
