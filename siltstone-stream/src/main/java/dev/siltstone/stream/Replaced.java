package dev.siltstone.stream;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one compaction brings into the catalog.
///
/// @param segments ids of those that go
/// @param by the file that takes their place; `null` if nothing in them was alive
/// @param runs of that file, by stream and base; each made of whole runs of the old ones. Runs of streams
///     that were removed meanwhile become dead bytes of the new file
record Replaced(List<Long> segments, @Nullable SegmentRow by, Iterator<RunRow> runs) {
    Replaced {
        segments = List.copyOf(segments);
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("a compaction of nothing");
        }
    }
}
