package dev.siltstone.layer;

import java.util.List;

/// One row of a manifest: a frame of the tar, and the entries that begin in it.
///
/// @param rawBytes of the frame, 1 to [Frames#RAW_BYTES_MAX]
/// @param repeat how often it stands there in a row, at least 1; entries only in what stands there once
/// @param entries in their order
public record FrameRow(Digest digest, int rawBytes, long repeat, List<FrameEntry> entries) {
    /// No file is larger than 8 EiB.
    static final long REPEAT_MAX = Long.MAX_VALUE / Frames.RAW_BYTES_MAX;

    static final int ENTRIES_MAX = 1 << 14;

    public FrameRow {
        if (rawBytes < 1 || rawBytes > Frames.RAW_BYTES_MAX || repeat < 1 || repeat > REPEAT_MAX) {
            throw new IllegalArgumentException(
                    "frame of %d bytes × %d".formatted(rawBytes, repeat));
        }
        if (repeat > 1 && !entries.isEmpty() || entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException(entries.size() + " entries begin in one row");
        }
        entries = List.copyOf(entries);
    }

    /// Returns how many bytes of the tar it stands for.
    public long tarBytes() {
        return rawBytes * repeat;
    }
}
