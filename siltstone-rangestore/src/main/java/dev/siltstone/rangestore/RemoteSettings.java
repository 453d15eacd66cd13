package dev.siltstone.rangestore;

/// How files are put into a bucket.
///
/// @param timeName name of the user metadata that holds the creation time (RFC 3339, UTC)
/// @param partBytes bodies larger than this go up in parts of this size
/// @param partsAtOnce how many parts of one body are under way at a time
/// @param listingsAtOnce how many levels are listed at a time
public record RemoteSettings(String timeName, long partBytes, int partsAtOnce, int listingsAtOnce) {
    private static final long PART_BYTES = 16L << 20;

    public RemoteSettings {
        if (partBytes < 1 || partsAtOnce < 1 || listingsAtOnce < 1) {
            throw new IllegalArgumentException("bounds must be positive");
        }
    }

    /// Returns parts of 16 MiB, 4 at once.
    public static RemoteSettings ofTimeName(String timeName) {
        return new RemoteSettings(timeName, PART_BYTES, 4, 10);
    }

    public RemoteSettings withPartBytes(long bytes) {
        return new RemoteSettings(timeName, bytes, partsAtOnce, listingsAtOnce);
    }
}
