package dev.siltstone.layer;

/// Where a tar and its manifest are cut: at places that do not move when something else changes.
///
/// | what | ends |
/// |---|---|
/// | a run of whole entries | after an entry for which `hash(path) < bytes / runBytes` (both as fractions of 2⁶⁴), after the header of a large file, and when it has [#RUN_BYTES_MAX] |
/// | the data of a large file (> [#LARGE_BYTES]), with the padding of the tar | where [ContentCutter] says, and at both ends of a long hole ([#HOLE_BYTES_MIN]) |
/// | a long hole | as zeros frames of [Frames#ZEROS_BYTES], the rest as one of its own |
/// | a page of a manifest | after a row for which `first four bytes of its digest < bytes / 256 KiB`, counting 40 for the row, 4 and the path for each entry; and when it has 1 MiB |
///
/// `bytes` of an entry are those of its headers and padded data. `hash` is FNV-1a of 64 bits over the path's bytes,
/// mixed as SplitMix64 does. Readers need none of this; two pushes that shall give the same identity do.
public final class Cuts {
    /// Files with more data are cut by content.
    public static final long LARGE_BYTES = 1 << 20;

    /// Shorter holes are data.
    public static final long HOLE_BYTES_MIN = 1 << 20;

    /// Where a run ends at the latest: with the entry that reaches it.
    public static final int RUN_BYTES_MAX = 1 << 20;

    private static final int PAGE_BYTES = 1 << 18;
    private static final int PAGE_BYTES_MAX = 1 << 20;

    private Cuts() {}

    /// Returns whether a run may end after an entry.
    ///
    /// @param entryBytes headers and padded data
    /// @param runBytes wanted on average
    static boolean endsRun(TarPath path, long entryBytes, int runBytes) {
        return entryBytes >= runBytes
                || (hash(path) >>> 11) * 0x1p-53 < (double) entryBytes / runBytes;
    }

    private static long hash(TarPath path) {
        long hash = 0xCBF29CE484222325L;
        for (byte each : path.bytes()) {
            hash = (hash ^ (each & 0xff)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    /// The finalizer of SplitMix64.
    static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    static int pageBytes(FrameRow row) {
        int bytes = 40;
        for (FrameEntry entry : row.entries()) {
            bytes += 4 + entry.path().bytes().length + 8 * entry.holes().size();
        }
        return bytes;
    }

    /// Returns whether a page ends after a row.
    ///
    /// @param pageBytes of the page so far, this row included
    static boolean endsPage(FrameRow row, int pageBytes) {
        return pageBytes >= PAGE_BYTES_MAX
                || (row.digest().first() >>> 32) * 0x1p-32 < (double) pageBytes(row) / PAGE_BYTES;
    }
}
