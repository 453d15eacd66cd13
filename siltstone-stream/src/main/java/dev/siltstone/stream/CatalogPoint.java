package dev.siltstone.stream;

/// How far the log is in the catalog.
///
/// @param recoveryPoint log position before which everything is in segments and in the catalog
/// @param time of the newest entry before it, in milliseconds since 1970; 0 if there is none
/// @param writerEpoch of the last `Opened` before it; 0 if there is none
/// @param logId of the journal; 0 as long as nothing was settled
record CatalogPoint(long recoveryPoint, long time, long writerEpoch, long logId) {
    /// A catalog in which nothing was settled yet.
    static final CatalogPoint NEW = new CatalogPoint(0, 0, 0, 0);

    CatalogPoint {
        if (recoveryPoint < 0 || writerEpoch < 0) {
            throw new IllegalArgumentException(
                    "recovery point %d, writer epoch %d".formatted(recoveryPoint, writerEpoch));
        }
    }
}
