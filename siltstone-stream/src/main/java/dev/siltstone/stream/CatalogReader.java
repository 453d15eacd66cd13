package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the catalog: each call sees what was committed when it began.
///
/// For one thread at a time.
final class CatalogReader implements Closeable {
    CatalogReader() {}

    CatalogPoint point() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns the stream that takes up a path, softly deleted or live; `null` if the path is free.
    @Nullable StoredStream find(String path) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Nullable StoredStream find(long streamId) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns streams whose path begins with `prefix`, in [StoredStream#PATH_ORDER], softly deleted ones included.
    ///
    /// @param after only paths behind this one; `null` from the first
    List<StoredStream> list(String prefix, @Nullable String after, int limit) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns ids of live streams whose time is over, earliest deadline first. An idle time also counts from
    /// `startedAt`, when the process began: nothing can have been read while it did not run.
    ///
    /// @param now milliseconds since 1970
    List<Long> due(long now, long startedAt, int limit) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns the run with the greatest base that is not behind a wire byte; `null` if there is none. It may end
    /// before that byte.
    @Nullable RunRow findRun(long streamId, long wireByte) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns runs of a stream in their order, from the one that [#findRun] returns on.
    List<RunRow> runs(long streamId, long wireByte, int limit) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns a segment; `null` if a compaction replaced it.
    @Nullable SegmentRow segment(long segmentId) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns all segments, by start, then level.
    List<SegmentRow> segments() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns the number of streams.
    long streamCount() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {}
}
