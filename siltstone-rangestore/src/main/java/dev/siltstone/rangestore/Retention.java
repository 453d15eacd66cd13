package dev.siltstone.rangestore;

import java.time.Instant;
import java.util.function.Predicate;

/// Which files of a level may go: from the oldest on, up to the first that must stay.
///
/// @param keepNewest how many of the level stay in any case
/// @param mayGo looked at oldest first; what comes after the first false stays
public record Retention(int level, int keepNewest, Predicate<RangeFile> mayGo) {
    public Retention {
        if (keepNewest < 0) {
            throw new IllegalArgumentException("keep " + keepNewest);
        }
    }

    /// Files that end at or before a position.
    public static Retention upTo(int level, long position, int keepNewest) {
        return new Retention(
                level, keepNewest, file -> Long.compareUnsigned(file.id().last(), position) <= 0);
    }

    /// Files created before a time.
    public static Retention before(int level, Instant time, int keepNewest) {
        return new Retention(level, keepNewest, file -> file.created().isBefore(time));
    }

    /// Returns this, for files only that were also created before a time.
    public Retention andBefore(Instant time) {
        return new Retention(level, keepNewest, mayGo.and(file -> file.created().isBefore(time)));
    }
}
