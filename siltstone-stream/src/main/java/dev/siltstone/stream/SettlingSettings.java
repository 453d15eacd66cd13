package dev.siltstone.stream;

import java.time.Duration;

/// When and how a [StreamLog] moves what was appended from its journal into segments.
///
/// @param interval after which even little is settled
/// @param entriesWanted entries of the log after which all is settled, about; one or more
/// @param createdWanted new streams after which all is settled, about: each is two rows under scattered keys
/// @param unsettledBytesMax bytes of the log that may wait to be settled; with more, appends are refused
/// @param mergedBytesMax of a segment made of several, about
/// @param promotedEntryBytesMin a journal file whose entries have so many bytes on average is kept as it is
/// @param cacheBytes native memory for pages of the catalog; at least [#CACHE_BYTES_MIN]
/// @param openSegmentsMax segments that are kept open though nobody reads them; at most two descriptors each
public record SettlingSettings(
        Duration interval,
        long entriesWanted,
        long createdWanted,
        long unsettledBytesMax,
        long mergedBytesMax,
        int promotedEntryBytesMin,
        int cacheBytes,
        int openSegmentsMax) {
    /// 1 MiB.
    public static final int CACHE_BYTES_MIN = 1 << 20;

    private static final long GIB = 1L << 30;

    public SettlingSettings {
        if (interval.isNegative()
                || entriesWanted < 1
                || createdWanted < 1
                || unsettledBytesMax < 1
                || mergedBytesMax < 1
                || promotedEntryBytesMin < 1
                || cacheBytes < CACHE_BYTES_MIN
                || openSegmentsMax < 1) {
            throw new IllegalArgumentException(
                    ("interval %s, %d entries and %d new streams wanted, %d bytes unsettled, %d merged,"
                                    + " %d promoted, %d of cache, %d segments open")
                            .formatted(
                                    interval,
                                    entriesWanted,
                                    createdWanted,
                                    unsettledBytesMax,
                                    mergedBytesMax,
                                    promotedEntryBytesMin,
                                    cacheBytes,
                                    openSegmentsMax));
        }
    }

    /// Every minute, after any number of entries, or 50,000 new streams; a GiB unsettled; segments of 4 GiB; entries of
    /// 64 KiB stay where they are; 32 MiB of cache; 16 segments open.
    public static SettlingSettings defaults() {
        return new SettlingSettings(
                Duration.ofMinutes(1), Long.MAX_VALUE, 50_000, GIB, 4 * GIB, 1 << 16, 32 << 20, 16);
    }

    public SettlingSettings withInterval(Duration changed) {
        return new SettlingSettings(
                changed,
                entriesWanted,
                createdWanted,
                unsettledBytesMax,
                mergedBytesMax,
                promotedEntryBytesMin,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withEntriesWanted(long changed) {
        return new SettlingSettings(
                interval,
                changed,
                createdWanted,
                unsettledBytesMax,
                mergedBytesMax,
                promotedEntryBytesMin,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withCreatedWanted(long changed) {
        return new SettlingSettings(
                interval,
                entriesWanted,
                changed,
                unsettledBytesMax,
                mergedBytesMax,
                promotedEntryBytesMin,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withUnsettledBytesMax(long changed) {
        return new SettlingSettings(
                interval,
                entriesWanted,
                createdWanted,
                changed,
                mergedBytesMax,
                promotedEntryBytesMin,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withMergedBytesMax(long changed) {
        return new SettlingSettings(
                interval,
                entriesWanted,
                createdWanted,
                unsettledBytesMax,
                changed,
                promotedEntryBytesMin,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withPromotedEntryBytesMin(int changed) {
        return new SettlingSettings(
                interval,
                entriesWanted,
                createdWanted,
                unsettledBytesMax,
                mergedBytesMax,
                changed,
                cacheBytes,
                openSegmentsMax);
    }

    public SettlingSettings withCacheBytes(int changed) {
        return new SettlingSettings(
                interval,
                entriesWanted,
                createdWanted,
                unsettledBytesMax,
                mergedBytesMax,
                promotedEntryBytesMin,
                changed,
                openSegmentsMax);
    }
}
