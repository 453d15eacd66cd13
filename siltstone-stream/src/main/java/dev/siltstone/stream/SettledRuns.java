package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Finds settled bytes: the catalog tells the segment, the segment has the run.
///
/// Thread-safe. At most [#READERS_MAX] look-ups in the catalog at once, each of some microseconds; the others
/// wait. Never for event loops.
final class SettledRuns implements Reads.Settled, Closeable {
    private static final int READERS_MAX = 3;

    private final Catalog catalog;
    private final Segments segments;
    private final Semaphore permits = new Semaphore(READERS_MAX);
    private final Deque<CatalogReader> idle = new ArrayDeque<>();
    private boolean closed;

    SettledRuns(Catalog catalog, Segments segments) {
        this.catalog = catalog;
        this.segments = segments;
    }

    private record Place(RunRow run, SegmentRow segment) {}

    @Override
    public Reads.@Nullable Leased lease(long streamId, long wireByte) throws IOException {
        Place place = find(streamId, wireByte);
        if (place == null) {
            return null;
        }
        Segments.Lease lease = segments.lease(place.segment);
        try {
            return new Reads.Leased(checked(lease.segment(), place), lease);
        } catch (IOException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private @Nullable Place find(long streamId, long wireByte) throws IOException {
        permits.acquireUninterruptibly();
        try {
            CatalogReader reader = take();
            boolean sound = false;
            try {
                Place place = find(reader, streamId, wireByte);
                sound = true;
                return place;
            } finally {
                giveBack(reader, sound);
            }
        } finally {
            permits.release();
        }
    }

    private static @Nullable Place find(CatalogReader reader, long streamId, long wireByte)
            throws IOException {
        RunRow run = reader.findRun(streamId, wireByte);
        if (run == null || run.end() <= wireByte) {
            return null;
        }
        SegmentRow segment = reader.segment(run.segmentId());
        if (segment == null) {
            throw new PlaceGoneException(
                    "segment " + run.segmentId() + " was merged into another", null);
        }
        return new Place(run, segment);
    }

    private static RunSource checked(OpenSegment segment, Place place) throws IOException {
        RunRow row = place.run;
        RunSource run = segment.find(row.streamId());
        if (run == null || run.base() != row.base() || run.end() != row.end()) {
            String found =
                    run == null ? "nothing" : "bytes %d to %d".formatted(run.base(), run.end());
            throw new IOException(
                    "catalog and segment %d at log positions %d to %d disagree: expected bytes %d to %d of stream %d, found %s"
                            .formatted(
                                    place.segment.id(),
                                    place.segment.start(),
                                    place.segment.end(),
                                    row.base(),
                                    row.end(),
                                    row.streamId(),
                                    found));
        }
        return run;
    }

    private CatalogReader take() throws IOException {
        synchronized (this) {
            if (closed) {
                throw new IOException("the log is closed");
            }
            CatalogReader reader = idle.poll();
            if (reader != null) {
                return reader;
            }
        }
        return catalog.reader();
    }

    private void giveBack(CatalogReader reader, boolean sound) throws IOException {
        synchronized (this) {
            if (sound && !closed) {
                idle.push(reader);
                return;
            }
        }
        reader.close();
    }

    /// Closes what nobody uses now; the rest when it is given back.
    @Override
    public void close() throws IOException {
        Deque<CatalogReader> unused;
        synchronized (this) {
            closed = true;
            unused = new ArrayDeque<>(idle);
            idle.clear();
        }
        for (CatalogReader reader : unused) {
            reader.close();
        }
    }
}
