package dev.siltstone.stream;

import dev.siltstone.stream.Verification.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Compares the rows of a catalog with each other: the invariants of [CatalogSchema].
///
/// Made for one catalog.
final class CatalogVerification {
    private static final int PAGE = 1000;

    private final Path database;
    private final CatalogReader catalog;
    private final Consumer<Problem> problems;
    private final Map<Long, SegmentRow> segments = new HashMap<>();
    private final Map<Long, Long> liveBytes = new HashMap<>();
    private final Map<Long, Integer> forks = new HashMap<>();
    private final Map<Long, Integer> forksSaid = new HashMap<>();
    private long streams;

    CatalogVerification(Path database, CatalogReader catalog, Consumer<Problem> problems) {
        this.database = database;
        this.catalog = catalog;
        this.problems = problems;
    }

    /// Returns how many streams there are.
    long streams() {
        return streams;
    }

    private void tell(String wrong) {
        problems.accept(new Problem(database, wrong));
    }

    void verify() throws IOException {
        for (String wrong : catalog.integrity()) {
            tell(wrong);
        }
        CatalogPoint point = catalog.point();
        verifySegments(point);
        List<CatalogReader.Row> page;
        long after = -1;
        do {
            page = catalog.rows(after, PAGE);
            for (CatalogReader.Row row : page) {
                after = row.id();
                streams++;
                verify(row, point);
            }
        } while (!page.isEmpty());
        verifyForks();
        for (long streamId : catalog.streamsOfRunsOnly()) {
            tell("stream %d has runs, and is not there".formatted(streamId));
        }
        segments.forEach(this::verifyBytes);
    }

    private void verifySegments(CatalogPoint point) throws IOException {
        long next = catalog.nextSegment();
        SegmentRow before = null;
        for (SegmentRow segment : catalog.segments()) {
            segments.put(segment.id(), segment);
            if (segment.end() > point.recoveryPoint()) {
                tell(
                        "segment %d ends at %d, behind the recovery point %d"
                                .formatted(segment.id(), segment.end(), point.recoveryPoint()));
            }
            if (segment.id() >= next) {
                tell("segment %d is there, and the next is %d".formatted(segment.id(), next));
            }
            if (before != null && before.end() > segment.start()) {
                tell(
                        "segment %d from %d to %d overlaps segment %d from %d to %d"
                                .formatted(
                                        segment.id(),
                                        segment.start(),
                                        segment.end(),
                                        before.id(),
                                        before.start(),
                                        before.end()));
            }
            before = segment;
        }
    }

    private void verify(CatalogReader.Row row, CatalogPoint point) throws IOException {
        StoredStream stream = row.stream();
        if (stream == null) {
            tell(row.wrong());
            return;
        }
        String name = "stream %d at %s".formatted(stream.id(), stream.path());
        if (row.deadline() != stream.deadline()
                || (row.deadline() != StoredStream.NEVER && row.idle() != stream.idleMillis())) {
            tell(
                    "%s has deadline %d and idle time %d, its state says %d and %d"
                            .formatted(
                                    name,
                                    row.deadline(),
                                    row.idle(),
                                    stream.deadline(),
                                    stream.idleMillis()));
        }
        if (stream.id() >= point.recoveryPoint()) {
            tell(
                    "%s was created behind the recovery point %d"
                            .formatted(name, point.recoveryPoint()));
        }
        if (stream.lastUse() > point.time()) {
            tell(
                    "%s was used at %d, after the newest entry at %d"
                            .formatted(name, stream.lastUse(), point.time()));
        }
        if (stream.forks() > 0) {
            forksSaid.put(stream.id(), stream.forks());
        }
        verifySource(name, stream);
        verifyRuns(name, stream);
    }

    private void verifySource(String name, StoredStream stream) throws IOException {
        Entry.Fork fork = stream.fork();
        if (fork == null) {
            return;
        }
        forks.merge(fork.sourceId(), 1, Integer::sum);
        @Nullable StoredStream source;
        try {
            source = catalog.find(fork.sourceId());
        } catch (CatalogDamagedException e) {
            return; // is told where its row is read
        }
        if (source == null) {
            tell("%s is a fork of stream %d, which is not there".formatted(name, fork.sourceId()));
        } else if (source.lineage() != stream.lineage() || source.tail() < fork.forkByte()) {
            tell(
                    "%s of lineage %d is a fork at %d of stream %d of lineage %d, whose tail is %d"
                            .formatted(
                                    name,
                                    stream.lineage(),
                                    fork.forkByte(),
                                    source.id(),
                                    source.lineage(),
                                    source.tail()));
        }
    }

    private void verifyRuns(String name, StoredStream stream) throws IOException {
        long at = stream.forkByte();
        List<RunRow> page;
        long from = 0;
        do {
            page = catalog.runs(stream.id(), from, PAGE);
            for (RunRow run : page) {
                if (run.base() != at) {
                    tell("%s has a run at %d where %d follows".formatted(name, run.base(), at));
                }
                if (!segments.containsKey(run.segmentId())) {
                    tell(
                            "%s has a run at %d in segment %d, which is not there"
                                    .formatted(name, run.base(), run.segmentId()));
                }
                liveBytes.merge(run.segmentId(), run.length(), Long::sum);
                at = run.end();
                from = run.base() + 1;
            }
        } while (!page.isEmpty());
        if (at != stream.tail()) {
            tell("%s has runs up to %d, and its tail is %d".formatted(name, at, stream.tail()));
        }
    }

    private void verifyForks() {
        forks.forEach((id, count) -> {
            int said = forksSaid.getOrDefault(id, 0);
            if (said != count) {
                tell(
                        "stream %d says it has %d forks, %d streams say they are one"
                                .formatted(id, said, count));
            }
        });
        forksSaid.forEach((id, said) -> {
            if (!forks.containsKey(id)) {
                tell(
                        "stream %d says it has %d forks, no stream says it is one"
                                .formatted(id, said));
            }
        });
    }

    private void verifyBytes(long id, SegmentRow segment) {
        long live = liveBytes.getOrDefault(id, 0L);
        if (live != segment.liveBytes()) {
            tell(
                    "segment %d has %d bytes, %d of them dead, and runs have %d of it"
                            .formatted(id, segment.runBytes(), segment.deadBytes(), live));
        }
    }
}
