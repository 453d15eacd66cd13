package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunSource;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds settled bytes: the catalog tells the segment, the segment has the run.
///
/// Thread-safe. May wait for the disk: never for event loops.
final class SettledRuns implements Reads.Settled {
    private final LazyCatalog catalog;
    private final Segments segments;

    SettledRuns(LazyCatalog catalog, Segments segments) {
        this.catalog = catalog;
        this.segments = segments;
    }

    private record Place(RunRow run, SegmentRow segment) {}

    @Override
    public Reads.@Nullable Leased lease(long streamId, long wireByte) throws IOException {
        Optional<Place> found = catalog.read(reader -> find(reader, streamId, wireByte));
        if (found.isEmpty()) {
            return null;
        }
        Place place = found.get();
        Segments.Lease lease = segments.lease(place.segment);
        try {
            return new Reads.Leased(checked(lease.segment(), place), lease);
        } catch (IOException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private static Optional<Place> find(CatalogReader reader, long streamId, long wireByte)
            throws IOException {
        RunRow run = reader.findRun(streamId, wireByte);
        if (run == null || run.end() <= wireByte) {
            return Optional.empty();
        }
        SegmentRow segment = reader.segment(run.segmentId());
        if (segment == null) {
            throw new PlaceGoneException(
                    "segment " + run.segmentId() + " was merged into another", null);
        }
        return Optional.of(new Place(run, segment));
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
}
