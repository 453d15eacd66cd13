package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the catalog: each call sees what was committed when it began.
///
/// For one thread at a time.
final class CatalogReader implements Closeable {
    private static final String STREAM = "SELECT id, path, state FROM stream ";
    private static final String SEGMENT =
            "SELECT id, level, start, end, kind, file_bytes, run_bytes, dead_bytes FROM segment ";
    private static final String RUN = "SELECT stream, base, length, segment FROM run ";

    private final CatalogConnection connection;
    private final PreparedStatement log;
    private final PreparedStatement byPath;
    private final PreparedStatement byId;
    private final PreparedStatement list;
    private final PreparedStatement listAfter;
    private final PreparedStatement streamsAfter;
    private final PreparedStatement rowsAfter;
    private final PreparedStatement due;
    private final PreparedStatement findRun;
    private final PreparedStatement runs;
    private final PreparedStatement segment;
    private final PreparedStatement segments;

    private CatalogReader(CatalogConnection connection) throws IOException {
        this.connection = connection;
        this.log =
                connection.prepare(
                        "SELECT recovery_point, time, writer_epoch, log_id, next_segment FROM log");
        this.byPath = connection.prepare(STREAM + "WHERE path = ?");
        this.byId = connection.prepare(STREAM + "WHERE id = ?");
        this.list = connection.prepare(STREAM + "WHERE path >= ? ORDER BY path LIMIT ?");
        this.listAfter = connection.prepare(STREAM + "WHERE path > ? ORDER BY path LIMIT ?");
        this.streamsAfter = connection.prepare(STREAM + "WHERE id > ? ORDER BY id LIMIT ?");
        this.rowsAfter =
                connection.prepare(
                        "SELECT id, path, state, deadline, idle FROM stream WHERE id > ?"
                                + " ORDER BY id LIMIT ?");
        this.due =
                connection.prepare(
                        "SELECT id FROM stream WHERE deadline IS NOT NULL AND deadline <= ?"
                                + " AND idle <= ? ORDER BY deadline LIMIT ?");
        this.findRun =
                connection.prepare(
                        RUN + "WHERE stream = ? AND base <= ? ORDER BY base DESC LIMIT 1");
        this.runs =
                connection.prepare(RUN + "WHERE stream = ? AND base >= ? ORDER BY base LIMIT ?");
        this.segment = connection.prepare(SEGMENT + "WHERE id = ?");
        this.segments = connection.prepare(SEGMENT + "ORDER BY start, level, id");
    }

    /// Opens a catalog that exists.
    ///
    /// @throws IOException if it is no catalog, or one of another version
    static CatalogReader open(Path database, int cacheBytes) throws IOException {
        CatalogConnection connection = CatalogConnection.openForReading(database, cacheBytes);
        try {
            requireVersion(connection);
            return new CatalogReader(connection);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void requireVersion(CatalogConnection connection) throws IOException {
        long application = connection.number("PRAGMA application_id");
        if (application != CatalogSchema.APPLICATION_ID) {
            throw new IOException(
                    "%s is no catalog: application id %08x instead of %08x"
                            .formatted(
                                    connection.database(),
                                    application,
                                    CatalogSchema.APPLICATION_ID));
        }
        long version = connection.number("PRAGMA user_version");
        if (version != CatalogSchema.VERSION) {
            throw new IOException(
                    "%s has version %d; this program reads version %d"
                            .formatted(connection.database(), version, CatalogSchema.VERSION));
        }
    }

    private interface Mapping<T> {
        T of(ResultSet row) throws IOException, SQLException;
    }

    private interface Bound {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private <T> List<T> all(PreparedStatement statement, Bound bound, Mapping<T> of)
            throws IOException {
        try {
            bound.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(of.of(rows));
                }
                return all;
            }
        } catch (SQLException e) {
            throw connection.failure(e);
        }
    }

    private <T> @Nullable T first(PreparedStatement statement, Bound bound, Mapping<T> of)
            throws IOException {
        try {
            bound.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? of.of(rows) : null;
            }
        } catch (SQLException e) {
            throw connection.failure(e);
        }
    }

    private <T> T only(Mapping<T> of) throws IOException {
        T only = first(log, _ -> {}, of);
        if (only == null) {
            throw new CatalogDamagedException(connection.database(), "the table log has no row");
        }
        return only;
    }

    CatalogPoint point() throws IOException {
        return only(row ->
                new CatalogPoint(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    long nextSegment() throws IOException {
        return only(row -> row.getLong(5));
    }

    /// Returns the stream that takes up a path, softly deleted or live; `null` if the path is free.
    @Nullable StoredStream find(String path) throws IOException {
        return first(byPath, statement -> statement.setString(1, path), this::stream);
    }

    @Nullable StoredStream find(long streamId) throws IOException {
        return first(byId, statement -> statement.setLong(1, streamId), this::stream);
    }

    /// Returns streams whose path begins with `prefix`, in [StoredStream#PATH_ORDER], softly deleted ones included.
    ///
    /// @param after only paths behind this one; `null` from the first
    List<StoredStream> list(String prefix, @Nullable String after, int limit) throws IOException {
        boolean fromAfter = after != null && StoredStream.PATH_ORDER.compare(after, prefix) >= 0;
        List<StoredStream> page =
                all(
                        fromAfter ? listAfter : list,
                        statement -> {
                            statement.setString(1, fromAfter ? after : prefix);
                            statement.setInt(2, limit);
                        },
                        this::stream);
        return page.stream().takeWhile(stream -> stream.path().startsWith(prefix)).toList();
    }

    /// Returns streams in the order of their ids.
    ///
    /// @param after only ids behind this one; -1 from the first
    List<StoredStream> streams(long after, int limit) throws IOException {
        return all(
                streamsAfter,
                statement -> {
                    statement.setLong(1, after);
                    statement.setInt(2, limit);
                },
                this::stream);
    }

    /// Returns ids of live streams whose time is over, earliest deadline first. An idle time also counts from
    /// `startedAt`, when the process began: nothing can have been read while it did not run.
    ///
    /// @param now milliseconds since 1970
    List<Long> due(long now, long startedAt, int limit) throws IOException {
        return all(
                due,
                statement -> {
                    statement.setLong(1, now);
                    statement.setLong(2, now - startedAt);
                    statement.setInt(3, limit);
                },
                row -> row.getLong(1));
    }

    /// Returns the run with the greatest base that is not behind a wire byte; `null` if there is none. It may end
    /// before that byte.
    @Nullable RunRow findRun(long streamId, long wireByte) throws IOException {
        return first(
                findRun,
                statement -> {
                    statement.setLong(1, streamId);
                    statement.setLong(2, wireByte);
                },
                CatalogReader::run);
    }

    /// Returns runs of a stream in their order.
    ///
    /// @param base only runs that begin here or behind
    List<RunRow> runs(long streamId, long base, int limit) throws IOException {
        return all(
                runs,
                statement -> {
                    statement.setLong(1, streamId);
                    statement.setLong(2, base);
                    statement.setInt(3, limit);
                },
                CatalogReader::run);
    }

    /// Returns a segment; `null` if a compaction replaced it.
    @Nullable SegmentRow segment(long segmentId) throws IOException {
        return first(segment, statement -> statement.setLong(1, segmentId), this::segment);
    }

    /// Returns all segments, by start, then level.
    List<SegmentRow> segments() throws IOException {
        return all(segments, _ -> {}, this::segment);
    }

    /// A row of the table of streams, read for the sake of checking it.
    ///
    /// @param stream `null` if its state is damaged
    /// @param deadline [StoredStream#NEVER] if there is none
    /// @param wrong what is damaged, or the empty text
    record Row(long id, @Nullable StoredStream stream, long deadline, long idle, String wrong) {}

    /// Returns rows of the table of streams in the order of their ids, damaged ones too.
    ///
    /// @param after only ids behind this one; -1 from the first
    List<Row> rows(long after, int limit) throws IOException {
        return all(
                rowsAfter,
                statement -> {
                    statement.setLong(1, after);
                    statement.setInt(2, limit);
                },
                this::row);
    }

    private Row row(ResultSet row) throws IOException, SQLException {
        long id = row.getLong(1);
        long deadline = row.getLong(4);
        deadline = row.wasNull() ? StoredStream.NEVER : deadline;
        long idle = row.getLong(5);
        try {
            return new Row(id, stream(row), deadline, idle, "");
        } catch (CatalogDamagedException e) {
            return new Row(id, null, deadline, idle, e.wrong());
        }
    }

    /// Returns ids that have runs but no stream.
    List<Long> streamsOfRunsOnly() throws IOException {
        return numbers(
                "SELECT DISTINCT stream FROM run WHERE stream NOT IN (SELECT id FROM stream)");
    }

    private List<Long> numbers(String sql) throws IOException {
        return all(connection.prepare(sql), _ -> {}, row -> row.getLong(1));
    }

    /// Returns what SQLite finds wrong with its own structures.
    List<String> integrity() throws IOException {
        List<String> found =
                all(
                        connection.prepare("PRAGMA integrity_check"),
                        _ -> {},
                        row -> String.valueOf(row.getString(1)));
        return found.equals(List.of("ok")) ? List.of() : found;
    }

    /// Returns the number of streams. Reads an index to its end.
    long streamCount() throws IOException {
        return connection.number("SELECT count(*) FROM stream");
    }

    private StoredStream stream(ResultSet row) throws IOException, SQLException {
        long id = row.getLong(1);
        String path = row.getString(2);
        try {
            return StateFormat.decode(id, path, row.getBytes(3));
        } catch (CatalogBytesException e) {
            throw new CatalogDamagedException(
                    connection.database(),
                    "the state of stream %d at %s: %s".formatted(id, path, e.getMessage()));
        }
    }

    private static RunRow run(ResultSet row) throws SQLException {
        return new RunRow(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
    }

    private SegmentRow segment(ResultSet row) throws IOException, SQLException {
        SegmentRow.Kind kind =
                switch (row.getInt(5)) {
                    case CatalogSchema.KIND_SEGMENT -> SegmentRow.Kind.SEGMENT;
                    case CatalogSchema.KIND_PROMOTED_JOURNAL -> SegmentRow.Kind.PROMOTED_JOURNAL;
                    default ->
                            throw new CatalogDamagedException(
                                    connection.database(),
                                    "segment %d is of kind %d"
                                            .formatted(row.getLong(1), row.getInt(5)));
                };
        return new SegmentRow(
                row.getLong(1),
                row.getInt(2),
                row.getLong(3),
                row.getLong(4),
                kind,
                row.getLong(6),
                row.getLong(7),
                row.getLong(8));
    }

    CatalogConnection connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
