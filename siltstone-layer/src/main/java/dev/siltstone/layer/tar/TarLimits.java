package dev.siltstone.layer.tar;

/// What an archive may ask for. Each is checked before anything is allocated or written.
///
/// @param entriesMax entries in an archive
/// @param fileBytesMax bytes of one file
/// @param totalBytesMax bytes of all files together, holes included
/// @param pathBytesMax bytes of a path or a link's target
/// @param headerBytesMax bytes of the extended header of an entry, attributes included
/// @param depthMax directories one in the other
public record TarLimits(
        long entriesMax,
        long fileBytesMax,
        long totalBytesMax,
        int pathBytesMax,
        int headerBytesMax,
        int depthMax) {
    /// Room for any tree that a file system of today holds, but not for an archive that wants to fill the memory.
    public static final TarLimits DEFAULT =
            new TarLimits(200_000_000, 1L << 50, 1L << 52, 1 << 16, 16 << 20, 1024);

    public TarLimits {
        if (entriesMax < 1
                || fileBytesMax < 0
                || totalBytesMax < 0
                || pathBytesMax < 1
                || headerBytesMax < 512
                || headerBytesMax > 1 << 30
                || depthMax < 1) {
            throw new IllegalArgumentException("limits of an archive must be positive");
        }
    }
}
