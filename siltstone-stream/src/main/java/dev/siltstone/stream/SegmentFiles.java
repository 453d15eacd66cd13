package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.journal.Journal;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunIndexWriter;
import dev.siltstone.stream.segment.SegmentHeader;
import dev.siltstone.stream.segment.SegmentNames;
import dev.siltstone.stream.segment.SegmentWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The files that hold settled bytes.
///
/// ```
/// segments/<level %02d>/<start %020d>-<end %020d>.segment
///          promoted/<start %020d>-<end %020d>.journal    a journal file that was kept as it is
///                   <start %020d>-<end %020d>.runs       its run index
/// ```
///
/// A file that the catalog does not name is what a crash left, and is swept.
///
/// Thread-safe.
final class SegmentFiles {
    /// Segments are merged up to this level; a dead share is written anew between it and the one below.
    static final int LEVELS = 8;

    private static final String PROMOTED = "promoted";
    private static final String JOURNAL = ".journal";
    private static final String RUNS = ".runs";

    /// Writes the runs of a segment.
    interface Filler {
        void fill(SegmentWriter writer) throws IOException;
    }

    private final Disk disk;
    private final LocalRanges ranges;
    private final Path promoted;

    private final Path directory;
    private final Pace pace;
    private volatile boolean stopped;

    private SegmentFiles(Disk disk, Path directory, LocalRanges ranges, Path promoted, Pace pace) {
        this.directory = directory;
        this.pace = pace;
        this.disk = disk;
        this.ranges = ranges;
        this.promoted = promoted;
    }

    /// @param directory created if needed
    /// @param pace at which segments are written
    static SegmentFiles open(Disk disk, Path directory, Pace pace) throws IOException {
        Path promoted = directory.resolve(PROMOTED);
        disk.createDirectories(promoted);
        LocalRanges ranges = LocalRanges.open(disk, directory, new SegmentNames(LEVELS));
        return new SegmentFiles(disk, directory, ranges, promoted, pace);
    }

    /// Has what is being written given up, soon, and nothing written any more.
    void stop() {
        stopped = true;
        pace.stop();
    }

    Disk disk() {
        return disk;
    }

    /// Writes a segment, durably.
    ///
    /// @param created entry time of the newest entry in it
    /// @return its size
    long write(SegmentHeader header, long created, Filler filler) throws IOException {
        // What a pass that failed left would be in the way of the one that repeats it.
        ranges.delete(List.of(SegmentNames.rangeOf(header)));
        try (StagedRange staged = ranges.stage(header.level())) {
            long bytes;
            var file = new PacedFile(staged.file(), pace, () -> stopped);
            try (SegmentWriter writer = SegmentWriter.begin(disk, file, header)) {
                filler.fill(writer);
                bytes = writer.finish();
            }
            pace.note(() -> finish(staged, header, created));
            return bytes;
        }
    }

    private static void finish(StagedRange staged, SegmentHeader header, long created)
            throws IOException {
        var _ =
                staged.finish(
                        header.start(), header.end() - 1, Instant.ofEpochMilli(created), Map.of());
    }

    /// Does some work on the catalog or on files here at the pace at which segments are written.
    void atPace(Pace.Work work) throws IOException {
        pace.note(work);
    }

    /// Deletes a segment that was written and will not be named by the catalog.
    void discard(SegmentHeader header) throws IOException {
        ranges.delete(List.of(SegmentNames.rangeOf(header)));
    }

    /// Keeps a full journal file as it is, with its run index, durably.
    ///
    /// @param runs by stream
    /// @return bytes of both files
    long promote(Journal journal, long start, long end, SortedMap<Long, EntryTable> runs)
            throws IOException {
        Path kept = promotedPath(start, end);
        RunIndexWriter.write(disk, runIndexPath(start, end), start, end, runs);
        if (disk.exists(kept)) {
            disk.delete(kept);
        }
        journal.link(start, kept);
        return disk.facts(kept).bytes() + disk.facts(runIndexPath(start, end)).bytes();
    }

    Path promotedPath(long start, long end) {
        return promoted.resolve(name(start, end) + JOURNAL);
    }

    Path runIndexPath(long start, long end) {
        return promoted.resolve(name(start, end) + RUNS);
    }

    private static String name(long start, long end) {
        return "%020d-%020d".formatted(start, end);
    }

    Path path(SegmentRow segment) {
        return switch (segment.kind()) {
            case SEGMENT -> ranges.path(rangeOf(segment));
            case PROMOTED_JOURNAL -> promotedPath(segment.start(), segment.end());
        };
    }

    /// Returns where a segment lies, without opening anything.
    ///
    /// @param directory of segments
    static Path path(Path directory, SegmentRow segment) {
        return switch (segment.kind()) {
            case SEGMENT -> directory.resolve(new SegmentNames(LEVELS).nameOf(rangeOf(segment)));
            case PROMOTED_JOURNAL ->
                    directory
                            .resolve(PROMOTED)
                            .resolve(name(segment.start(), segment.end()) + JOURNAL);
        };
    }

    /// Returns where the run index of a promoted journal file lies.
    ///
    /// @param directory of segments
    static Path runIndexPath(Path directory, SegmentRow segment) {
        return directory.resolve(PROMOTED).resolve(name(segment.start(), segment.end()) + RUNS);
    }

    private static RangeId rangeOf(SegmentRow segment) {
        return new RangeId(segment.level(), segment.start(), segment.end() - 1);
    }

    /// Deletes the files of segments that the catalog names no more. What is not there is fine.
    void delete(Collection<SegmentRow> segments) throws IOException {
        ranges.delete(
                segments.stream()
                        .filter(segment -> segment.kind() == SegmentRow.Kind.SEGMENT)
                        .map(SegmentFiles::rangeOf)
                        .toList());
        boolean deleted = false;
        for (SegmentRow segment : segments) {
            if (segment.kind() == SegmentRow.Kind.PROMOTED_JOURNAL) {
                deleteIfThere(promotedPath(segment.start(), segment.end()));
                deleteIfThere(runIndexPath(segment.start(), segment.end()));
                deleted = true;
            }
        }
        if (deleted) {
            disk.forceDirectory(promoted);
        }
    }

    private void deleteIfThere(Path path) throws IOException {
        if (disk.exists(path)) {
            disk.delete(path);
        }
    }

    /// Says whether there is any file.
    boolean isEmpty() throws IOException {
        for (int level = 0; level < LEVELS; level++) {
            if (ranges.known().count(level) > 0) {
                return false;
            }
        }
        return disk.list(promoted).isEmpty();
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    /// Deletes what the catalog does not name.
    void sweep(Collection<SegmentRow> named) throws IOException {
        Set<RangeId> segments = new HashSet<>();
        Set<Path> kept = new HashSet<>();
        for (SegmentRow segment : named) {
            if (segment.kind() == SegmentRow.Kind.SEGMENT) {
                segments.add(rangeOf(segment));
            } else {
                kept.add(promotedPath(segment.start(), segment.end()));
                kept.add(runIndexPath(segment.start(), segment.end()));
            }
        }
        for (int level = 0; level < LEVELS; level++) {
            ranges.delete(
                    ranges.known().list(level).stream()
                            .map(RangeFile::id)
                            .filter(id -> !segments.contains(id))
                            .toList());
        }
        boolean deleted = false;
        for (Path path : disk.list(promoted)) {
            if (!kept.contains(path)) {
                disk.delete(path);
                deleted = true;
            }
        }
        if (deleted) {
            disk.forceDirectory(promoted);
        }
    }

    /// Returns a file that the catalog names and that is not there; `null` if there is none.
    @Nullable Path missing(Collection<SegmentRow> named) {
        for (SegmentRow segment : named) {
            if (!disk.exists(path(segment))) {
                return path(segment);
            }
        }
        return null;
    }
}
