package dev.siltstone.stream;

import java.time.Duration;

/// When and how a [StreamLog] moves what was appended from its journal into segments.
///
/// @param interval after which even little is settled
/// @param unsettledBytesMax bytes of the log that may wait to be settled; with more, appends are refused
/// @param mergedBytesMax of a segment made of several, about
/// @param openSegmentsMax segments that are kept open though nobody reads them; at most two descriptors each
public record SettlingSettings(
        Duration interval, long unsettledBytesMax, long mergedBytesMax, int openSegmentsMax) {
    private static final long GIB = 1L << 30;

    public SettlingSettings {
        if (interval.isNegative()
                || unsettledBytesMax < 1
                || mergedBytesMax < 1
                || openSegmentsMax < 1) {
            throw new IllegalArgumentException(
                    "interval %s, %d bytes unsettled, %d merged, %d segments open"
                            .formatted(
                                    interval, unsettledBytesMax, mergedBytesMax, openSegmentsMax));
        }
    }

    /// Every minute; a GiB unsettled; segments of 4 GiB; 16 open.
    public static SettlingSettings defaults() {
        return new SettlingSettings(Duration.ofMinutes(1), GIB, 4 * GIB, 16);
    }

    public SettlingSettings withInterval(Duration changed) {
        return new SettlingSettings(changed, unsettledBytesMax, mergedBytesMax, openSegmentsMax);
    }

    public SettlingSettings withUnsettledBytesMax(long changed) {
        return new SettlingSettings(interval, changed, mergedBytesMax, openSegmentsMax);
    }

    public SettlingSettings withMergedBytesMax(long changed) {
        return new SettlingSettings(interval, unsettledBytesMax, changed, openSegmentsMax);
    }
}
