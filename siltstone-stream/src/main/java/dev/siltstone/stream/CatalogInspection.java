package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Tells what is in a catalog: the log's point, segments, streams with their runs. Changes nothing, locks nobody
/// out, and works beside a running server. Whether the pages are those that were written only [Verification] says.
public final class CatalogInspection {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(ISO_8859_1);
    private static final int PAGE = 500;

    private CatalogInspection() {}

    /// Says whether a file begins as a SQLite database does.
    public static boolean isDatabase(Disk disk, Path path) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(MAGIC.length);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(magic, 0);
        }
        return magic.flip().equals(ByteBuffer.wrap(MAGIC));
    }

    /// Tells all that is in the catalog.
    ///
    /// @param database the file `catalog.db`
    /// @throws IOException if it is no catalog or cannot be read; a damaged row is a fact, not an exception
    public static void inspect(Path database, Consumer<CatalogFact> facts) throws IOException {
        try (CatalogReader catalog =
                CatalogReader.open(database, CatalogSettings.defaults().readerCacheBytes())) {
            CatalogPoint point = catalog.point();
            tell(
                    facts,
                    "log",
                    "recoveryPoint",
                    point.recoveryPoint(),
                    "time",
                    Instant.ofEpochMilli(point.time()),
                    "writerEpoch",
                    point.writerEpoch(),
                    "logId",
                    "%016x".formatted(point.logId()));
            for (SegmentRow segment : catalog.segments()) {
                tell(segment, facts);
            }
            long after = -1;
            List<CatalogReader.Row> page;
            do {
                page = catalog.rows(after, PAGE);
                for (CatalogReader.Row row : page) {
                    after = row.id();
                    tell(catalog, row, facts);
                }
            } while (!page.isEmpty());
        }
    }

    private static void tell(SegmentRow segment, Consumer<CatalogFact> facts) {
        tell(
                facts,
                "segment",
                "segment",
                segment.id(),
                "form",
                segment.kind() == SegmentRow.Kind.SEGMENT ? "segment" : "promoted journal",
                "level",
                segment.level(),
                "start",
                segment.start(),
                "end",
                segment.end(),
                "fileBytes",
                segment.fileBytes(),
                "runBytes",
                segment.runBytes(),
                "deadBytes",
                segment.deadBytes());
    }

    private static void tell(
            CatalogReader catalog, CatalogReader.Row row, Consumer<CatalogFact> facts)
            throws IOException {
        StoredStream stream = row.stream();
        if (stream == null) {
            tell(facts, "damaged", "stream", row.id(), "reason", row.wrong());
            return;
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("stream", stream.id());
        told.put("path", stream.path());
        told.put("contentType", stream.contentType());
        told.put("status", stream.status() == StreamState.Status.LIVE ? "live" : "softly deleted");
        told.put("tail", new Offset(stream.lineage(), stream.tail()).toString());
        told.put("closed", stream.closed());
        Entry.Fork fork = stream.fork();
        if (fork != null) {
            told.put("forkOf", fork.sourceId());
            told.put("forkByte", fork.forkByte());
        }
        if (row.deadline() != StoredStream.NEVER) {
            told.put("deadline", Instant.ofEpochMilli(row.deadline()).toString());
        }
        told.put("forks", stream.forks());
        told.put("producers", stream.producers().size());
        told.put("lastUse", Instant.ofEpochMilli(stream.lastUse()).toString());
        facts.accept(new CatalogFact("stream", told));
        tellRuns(catalog, stream, facts);
    }

    private static void tellRuns(
            CatalogReader catalog, StoredStream stream, Consumer<CatalogFact> facts)
            throws IOException {
        long from = 0;
        List<RunRow> page;
        do {
            page = catalog.runs(stream.id(), from, PAGE);
            for (RunRow run : page) {
                from = run.base() + 1;
                tell(
                        facts,
                        "run",
                        "stream",
                        run.streamId(),
                        "start",
                        run.base(),
                        "end",
                        run.end(),
                        "segment",
                        run.segmentId());
            }
        } while (!page.isEmpty());
    }

    /// @param namesAndValues by turns
    private static void tell(Consumer<CatalogFact> facts, String kind, Object... namesAndValues) {
        Map<String, Object> told = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            told.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        facts.accept(new CatalogFact(kind, told));
    }
}
