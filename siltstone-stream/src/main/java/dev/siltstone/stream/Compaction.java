package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunCursor;
import dev.siltstone.stream.segment.SegmentHeader;
import dev.siltstone.stream.segment.SegmentMerger;
import dev.siltstone.stream.segment.SegmentMerger.Kept;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Makes few long runs of many short ones, and gives back the space of streams that are gone. What is done
/// next, in this order:
///
/// | found | done |
/// |---|---|
/// | a segment in which nothing is alive | it goes |
/// | a segment of which at least a quarter is dead | it is written again without that |
/// | [#TOGETHER] neighbours of a level or lower ones, small enough together | one segment of the next level |
///
/// Journal files that were kept as they are have long runs already and are only written again for their
/// dead bytes.
///
/// | step | after a crash |
/// |---|---|
/// | the new segment is written and forced | swept: the catalog does not know it |
/// | one catalog transaction takes the old ones out and the new one in | before or after |
/// | the old files are deleted | swept |
///
/// One thread at a time.
final class Compaction {
    /// How many neighbours are merged at once.
    static final int TOGETHER = 8;

    private static final int DEAD_FRACTION = 4;

    private final LazyCatalog catalogs;
    private final SegmentFiles files;
    private final Segments segments;
    private final long bytesMax;
    private volatile int waiting;

    /// @param bytesMax of a merged segment, about
    Compaction(LazyCatalog catalog, SegmentFiles files, Segments segments, long bytesMax) {
        this.catalogs = catalog;
        this.files = files;
        this.segments = segments;
        this.bytesMax = bytesMax;
    }

    /// Does what is to be done next.
    ///
    /// @return whether there was something
    /// @throws IOException if it failed: nothing changed but files that are swept later; may be tried again
    boolean step() throws IOException {
        if (catalogs.point().recoveryPoint() == 0) {
            return false;
        }
        List<SegmentRow> chosen = choose(catalogs.read(CatalogReader::segments));
        if (chosen.isEmpty()) {
            return false;
        }
        Catalog catalog = catalogs.open();
        try (CatalogReader reader = catalog.reader()) {
            replace(chosen, catalog, reader);
        }
        return true;
    }

    /// Returns how many merges of the lowest level that has any were waiting when one was last chosen. For any thread.
    int waiting() {
        return waiting;
    }

    private List<SegmentRow> choose(List<SegmentRow> byStart) {
        waiting = 0;
        for (SegmentRow segment : byStart) {
            if (segment.liveBytes() == 0) {
                return List.of(segment);
            }
        }
        for (SegmentRow segment : byStart) {
            if (segment.deadBytes() >= segment.runBytes() / DEAD_FRACTION
                    && segment.deadBytes() > 0) {
                return List.of(segment);
            }
        }
        for (int level = 0; level < SegmentFiles.LEVELS - 1; level++) {
            List<List<SegmentRow>> neighbours = neighbours(byStart, level);
            if (!neighbours.isEmpty()) {
                waiting = neighbours.size();
                return neighbours.getFirst();
            }
        }
        return List.of();
    }

    /// Returns what can be merged, without any segment twice.
    private List<List<SegmentRow>> neighbours(List<SegmentRow> byStart, int level) {
        List<List<SegmentRow>> found = new ArrayList<>();
        List<SegmentRow> together = new ArrayList<>();
        long bytes = 0;
        for (SegmentRow segment : byStart) {
            boolean fits = segment.level() <= level && segment.kind() == SegmentRow.Kind.SEGMENT;
            if (!fits || bytes + segment.liveBytes() > bytesMax) {
                together.clear();
                bytes = 0;
            }
            if (fits && segment.liveBytes() <= bytesMax) {
                together.add(segment);
                bytes += segment.liveBytes();
                if (together.size() == TOGETHER) {
                    found.add(List.copyOf(together));
                    together.clear();
                    bytes = 0;
                }
            }
        }
        return found;
    }

    private void replace(List<SegmentRow> old, Catalog catalog, CatalogReader reader)
            throws IOException {
        List<Long> ids = old.stream().map(SegmentRow::id).toList();
        SegmentRow written = null;
        if (old.stream().anyMatch(segment -> segment.liveBytes() > 0)) {
            written = write(old, catalog, reader);
        }
        if (written == null) {
            files.atPace(
                    () -> catalog.replace(new Replaced(ids, null, List.<RunRow>of().iterator())));
        } else {
            try (Segments.Lease lease = segments.lease(written)) {
                var runs = new WrittenRuns(lease.segment().cursor(), written.id());
                var replaced = new Replaced(ids, written, runs);
                files.atPace(() -> catalog.replace(replaced));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        files.atPace(() -> segments.remove(old));
    }

    private @Nullable SegmentRow write(List<SegmentRow> old, Catalog catalog, CatalogReader reader)
            throws IOException {
        long start = old.getFirst().start();
        long end = old.getLast().end();
        int level = old.stream().mapToInt(SegmentRow::level).max().orElseThrow();
        boolean top = level == SegmentFiles.LEVELS - 1;
        CatalogPoint point = catalog.point();
        var header =
                SegmentHeader.plain(
                        top ? level - 1 : level + 1,
                        start,
                        end,
                        point.logId(),
                        point.writerEpoch());
        List<Segments.Lease> leases = new ArrayList<>();
        try {
            List<RunCursor> cursors = new ArrayList<>();
            for (SegmentRow segment : old) {
                Segments.Lease lease = segments.lease(segment);
                leases.add(lease);
                cursors.add(lease.segment().cursor());
            }
            var counted = new Counted();
            long fileBytes =
                    files.write(
                            header,
                            point.time(),
                            writer -> {
                                SegmentMerger.merge(cursors, key -> kept(reader, key), writer);
                                counted.runs = writer.runs();
                                counted.bytes = writer.dataBytes();
                            });
            if (counted.runs == 0) {
                files.discard(header);
                return null;
            }
            return new SegmentRow(
                    catalog.nextSegmentId(),
                    header.level(),
                    start,
                    end,
                    SegmentRow.Kind.SEGMENT,
                    fileBytes,
                    counted.bytes,
                    0);
        } finally {
            closeAll(leases);
        }
    }

    /// What was written.
    private static final class Counted {
        private long runs;
        private long bytes;
    }

    /// A stream that has any run is there; one that was removed has none.
    private static @Nullable Kept kept(CatalogReader reader, long streamId) throws IOException {
        return reader.findRun(streamId, Long.MAX_VALUE) == null ? null : Kept.ALL;
    }

    private static void closeAll(List<? extends Closeable> leases) throws IOException {
        IOException failure = null;
        for (Closeable lease : leases) {
            try {
                lease.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// The runs of a segment, for the catalog.
    private static final class WrittenRuns implements Iterator<RunRow> {
        private final RunCursor cursor;
        private final long segmentId;
        private boolean ahead;
        private boolean there;

        private WrittenRuns(RunCursor cursor, long segmentId) {
            this.cursor = cursor;
            this.segmentId = segmentId;
        }

        @Override
        public boolean hasNext() {
            if (!ahead) {
                try {
                    there = cursor.next();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                ahead = true;
            }
            return there;
        }

        @Override
        public RunRow next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ahead = false;
            try {
                var run = cursor.run();
                return new RunRow(cursor.key(), run.base(), run.end() - run.base(), segmentId);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
