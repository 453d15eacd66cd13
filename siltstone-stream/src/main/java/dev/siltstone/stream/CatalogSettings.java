package dev.siltstone.stream;

/// What may be chosen about a [Catalog].
///
/// @param forced whether commits and checkpoints are forced to disk; off only in tests that survive no crash of
///     the machine
/// @param walBytesMax from which size of the WAL on a settling pass is followed by a checkpoint
/// @param writerCacheBytes pages that the writing connection keeps in native memory, at most
/// @param readerCacheBytes the same for each reader
record CatalogSettings(
        boolean forced, long walBytesMax, int writerCacheBytes, int readerCacheBytes) {
    private static final int CACHE_BYTES_MIN = 64 << 10;

    CatalogSettings {
        if (walBytesMax < 0
                || writerCacheBytes < CACHE_BYTES_MIN
                || readerCacheBytes < CACHE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a catalog with a WAL of %d bytes and caches of %d and %d; caches have at least %d"
                            .formatted(
                                    walBytesMax,
                                    writerCacheBytes,
                                    readerCacheBytes,
                                    CACHE_BYTES_MIN));
        }
    }

    static CatalogSettings defaults() {
        return new CatalogSettings(true, 4 << 20, 16 << 20, 2 << 20);
    }

    /// Returns the defaults with so much memory for pages: half for the writer, the rest for four readers.
    static CatalogSettings ofCacheBytes(int bytes) {
        CatalogSettings usual = defaults();
        return new CatalogSettings(usual.forced, usual.walBytesMax, bytes / 2, bytes / 8);
    }

    CatalogSettings unforced() {
        return new CatalogSettings(false, walBytesMax, writerCacheBytes, readerCacheBytes);
    }

    CatalogSettings withWalBytesMax(long changed) {
        return new CatalogSettings(forced, changed, writerCacheBytes, readerCacheBytes);
    }
}
