package dev.siltstone.stream;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// What one settling pass brings into the catalog. The iterators are walked once, in the order of the fields;
/// ascending ids make it fast.
///
/// @param to the new point; its recovery point is not before the old one
/// @param segment the new file; `null` if no bytes were settled
/// @param runs of that file, by stream: all that belong to streams that are there at `to`
/// @param removed streams that are gone, of those that the catalog had
/// @param changed every stream that is new or different, as it is at `to`
record Settled(
        CatalogPoint to,
        @Nullable SegmentRow segment,
        Iterator<RunRow> runs,
        Iterator<Long> removed,
        Iterator<StoredStream> changed) {}
