package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.journal.JournalFact;
import dev.siltstone.journal.JournalInspection;
import dev.siltstone.stream.Verification.Problem;
import dev.siltstone.stream.segment.RunEntries;
import dev.siltstone.stream.segment.RunEntry;
import dev.siltstone.stream.segment.RunIndexDamagedException;
import dev.siltstone.stream.segment.RunIndexReader;
import dev.siltstone.stream.segment.SegmentFact;
import dev.siltstone.stream.segment.SegmentInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the files that the catalog names, and compares their runs with its own, in both directions.
///
/// Made for one data directory.
final class SegmentVerification {
    private final Disk disk;
    private final Path directory;
    private final CatalogReader catalog;
    private final Consumer<Problem> problems;
    private long count;
    private long runBytes;
    private long deadBytes;

    SegmentVerification(
            Disk disk, Path directory, CatalogReader catalog, Consumer<Problem> problems) {
        this.disk = disk;
        this.directory = directory;
        this.catalog = catalog;
        this.problems = problems;
    }

    long count() {
        return count;
    }

    long runBytes() {
        return runBytes;
    }

    long deadBytes() {
        return deadBytes;
    }

    private void tell(Path file, String wrong) {
        problems.accept(new Problem(file, wrong));
    }

    void verify() throws IOException {
        for (SegmentRow segment : catalog.segments()) {
            count++;
            runBytes += segment.runBytes();
            deadBytes += segment.deadBytes();
            Path file = SegmentFiles.path(directory, segment);
            if (!disk.exists(file)) {
                tell(file, "is missing; the catalog has it as segment " + segment.id());
                continue;
            }
            switch (segment.kind()) {
                case SEGMENT -> verifySegment(segment, file);
                case PROMOTED_JOURNAL -> verifyPromoted(segment, file);
            }
        }
    }

    /// The runs of a file, as they are met, against those of the catalog.
    private final class Runs {
        private final SegmentRow segment;
        private final Path file;
        private long live;
        private long all;

        Runs(SegmentRow segment, Path file) {
            this.segment = segment;
            this.file = file;
        }

        /// A run that the catalog does not have there is dead; how many bytes that may be, the row says.
        void met(long streamId, long base, long end) throws IOException {
            all += end - base;
            RunRow run = catalog.findRun(streamId, base);
            if (run == null || run.segmentId() != segment.id()) {
                return;
            }
            live += run.length();
            if (run.base() != base || run.end() != end) {
                tell(
                        file,
                        "has bytes %d to %d of stream %d; the catalog says %d to %d"
                                .formatted(base, end, streamId, run.base(), run.end()));
            }
        }

        void end() {
            if (all != segment.runBytes()) {
                tell(
                        file,
                        "has %d bytes in runs; the catalog says %d"
                                .formatted(all, segment.runBytes()));
            }
            if (live != segment.liveBytes()) {
                tell(
                        file,
                        "has %d bytes of runs that the catalog looks for in it; that looks for %d"
                                .formatted(live, segment.liveBytes()));
            }
        }
    }

    private void verifySegment(SegmentRow segment, Path file) throws IOException {
        var runs = new Runs(segment, file);
        boolean sound;
        try {
            sound =
                    SegmentInspection.inspect(
                            disk,
                            file,
                            fact -> {
                                switch (fact) {
                                    case SegmentFact.Header header -> compare(segment, header);
                                    case SegmentFact.Run run -> met(runs, run);
                                    case SegmentFact.Damaged damaged -> tell(damaged);
                                }
                            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (sound) {
            runs.end();
        }
    }

    private static void met(Runs runs, SegmentFact.Run run) {
        try {
            runs.met(run.key(), run.base(), run.end());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(SegmentFact.Damaged damaged) {
        tell(
                damaged.file(),
                "file position %d: %s: expected %s, actual %s"
                        .formatted(
                                damaged.filePosition(),
                                damaged.reason(),
                                damaged.expected(),
                                damaged.actual()));
    }

    private void compare(SegmentRow segment, SegmentFact.Header fact) {
        var header = fact.header();
        if (header.level() != segment.level()
                || header.start() != segment.start()
                || header.end() != segment.end()
                || fact.fileBytes() != segment.fileBytes()) {
            tell(
                    fact.file(),
                    "says level %d, positions %d to %d, %d bytes; the catalog says %d, %d to %d, %d"
                            .formatted(
                                    header.level(),
                                    header.start(),
                                    header.end(),
                                    fact.fileBytes(),
                                    segment.level(),
                                    segment.start(),
                                    segment.end(),
                                    segment.fileBytes()));
        }
    }

    private void verifyPromoted(SegmentRow segment, Path file) throws IOException {
        Path index = SegmentFiles.runIndexPath(directory, segment);
        var entries = new PromotedEntries(file, segment);
        JournalInspection.inspectFile(disk, file, entries::take);
        if (!disk.exists(index)) {
            tell(index, "is missing; it is the run index of " + file);
            return;
        }
        try (RunIndexReader reader = RunIndexReader.open(disk, index)) {
            reader.verify();
            if (reader.start() != segment.start() || reader.end() != segment.end()) {
                tell(
                        index,
                        "tells of positions %d to %d instead of %d to %d"
                                .formatted(
                                        reader.start(),
                                        reader.end(),
                                        segment.start(),
                                        segment.end()));
            }
            if (entries.sound) {
                compare(segment, file, entries, reader);
            }
        } catch (RunIndexDamagedException e) {
            tell(index, String.valueOf(e.getMessage()));
        }
    }

    private void compare(
            SegmentRow segment, Path file, PromotedEntries entries, RunIndexReader reader)
            throws IOException {
        var runs = new Runs(segment, file);
        Path index = SegmentFiles.runIndexPath(directory, segment);
        for (Map.Entry<Long, Queue<RunEntry>> stream : entries.byStream.entrySet()) {
            Queue<RunEntry> there = stream.getValue();
            long base = there.element().wireByte();
            long[] end = {base};
            there.forEach(entry -> end[0] = entry.end());
            runs.met(stream.getKey(), base, end[0]);
            RunEntries said = reader.find(stream.getKey());
            if (said == null) {
                continue; // of a stream that was removed in the same pass
            }
            said.visitFrom(
                    base,
                    entry -> {
                        boolean right = entry.equals(there.poll());
                        if (!right) {
                            tell(
                                    index,
                                    "stream %d: %s is not in %s"
                                            .formatted(stream.getKey(), entry, file));
                        }
                        return right;
                    });
            if (!there.isEmpty()) {
                tell(index, "stream %d: lacks %s".formatted(stream.getKey(), there.peek()));
            }
        }
        runs.end();
    }

    /// Where the bytes of streams lie in a promoted file.
    private final class PromotedEntries {
        private final Path file;
        private final SegmentRow segment;
        private final TreeMap<Long, Queue<RunEntry>> byStream = new TreeMap<>();
        private boolean sound = true;

        PromotedEntries(Path file, SegmentRow segment) {
            this.file = file;
            this.segment = segment;
        }

        void take(JournalFact fact) {
            switch (fact) {
                case JournalFact.Header header -> {
                    if (header.start() != segment.start()) {
                        wrong(
                                "starts at %d instead of %d"
                                        .formatted(header.start(), segment.start()));
                    }
                }
                case JournalFact.Batch _ -> {}
                case JournalFact.Entry entry -> take(entry);
                case JournalFact.End end -> {
                    if (end.position() != segment.end()) {
                        wrong("ends at %d instead of %d".formatted(end.position(), segment.end()));
                    }
                }
                case JournalFact.Torn torn ->
                        wrong(
                                "is torn at position %d: %s"
                                        .formatted(torn.position(), torn.reason()));
                case JournalFact.Damaged damaged -> wrong(JournalVerification.text(damaged));
            }
        }

        private void wrong(String what) {
            sound = false;
            tell(file, what);
        }

        private void take(JournalFact.Entry fact) {
            try {
                Entry entry = EntryFormat.decode(fact.payload());
                RunEntry bytes = bytesOf(fact.position(), entry);
                if (bytes != null) {
                    long streamId =
                            entry instanceof Entry.Appended appended
                                    ? appended.streamId()
                                    : fact.position();
                    byStream.computeIfAbsent(streamId, _ -> new ArrayDeque<>()).add(bytes);
                }
            } catch (EntryException e) {
                wrong("entry at position %d: %s".formatted(fact.position(), e.getMessage()));
            }
        }
    }

    private static @Nullable RunEntry bytesOf(long position, Entry entry) {
        return switch (entry) {
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                yield bytesOf(
                        position,
                        fork == null ? 0 : fork.forkByte(),
                        created.content(),
                        created.time());
            }
            case Entry.Appended appended ->
                    bytesOf(position, appended.wireByte(), appended.content(), appended.time());
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> null;
        };
    }

    private static @Nullable RunEntry bytesOf(
            long position, long wireByte, Entry.Content content, long time) {
        return content.length() == 0
                ? null
                : new RunEntry(
                        wireByte,
                        position,
                        content.length(),
                        content.dataOffset(),
                        content.messages(),
                        time);
    }
}
