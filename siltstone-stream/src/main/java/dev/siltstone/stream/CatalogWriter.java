package dev.siltstone.stream;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The statements that change the catalog, within a transaction of the caller's.
///
/// For whoever holds the catalog's lock.
final class CatalogWriter {
    private static final String REFUSED =
            "the catalog refuses a pass that does not fit: %s; nothing was changed";

    private final PreparedStatement putLog;
    private final PreparedStatement putSegment;
    private final PreparedStatement removeSegment;
    private final PreparedStatement addDead;
    private final PreparedStatement removeRuns;
    private final PreparedStatement removeRunsWithin;
    private final PreparedStatement removeStream;
    private final RowBatch<RunRow> runs;
    private final RowBatch<StoredStream> streams;

    CatalogWriter(CatalogConnection connection) throws IOException {
        this.putLog =
                connection.prepare(
                        "UPDATE log SET recovery_point = ?, time = ?, writer_epoch = ?, log_id = ?,"
                                + " next_segment = ?");
        this.putSegment = connection.prepare("INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        this.removeSegment =
                connection.prepare(
                        "DELETE FROM segment WHERE id = ? RETURNING run_bytes - dead_bytes");
        this.addDead =
                connection.prepare("UPDATE segment SET dead_bytes = dead_bytes + ? WHERE id = ?");
        this.removeRuns =
                connection.prepare("DELETE FROM run WHERE stream = ? RETURNING segment, length");
        this.removeRunsWithin =
                connection.prepare(
                        "DELETE FROM run WHERE stream = ? AND base >= ? AND base < ?"
                                + " RETURNING segment, length");
        this.removeStream = connection.prepare("DELETE FROM stream WHERE id = ?");
        this.runs =
                new RowBatch<>(connection, "INSERT INTO run VALUES ", 4, "", CatalogWriter::bind);
        this.streams =
                new RowBatch<>(
                        connection,
                        "INSERT INTO stream (id, path, deadline, idle, state) VALUES ",
                        5,
                        " ON CONFLICT (id) DO UPDATE SET deadline = excluded.deadline,"
                                + " idle = excluded.idle, state = excluded.state",
                        CatalogWriter::bind);
    }

    private static void bind(PreparedStatement row, int first, RunRow run) throws SQLException {
        row.setLong(first, run.streamId());
        row.setLong(first + 1, run.base());
        row.setLong(first + 2, run.length());
        row.setLong(first + 3, run.segmentId());
    }

    private static void bind(PreparedStatement row, int first, StoredStream stream)
            throws SQLException {
        row.setLong(first, stream.id());
        row.setString(first + 1, stream.path());
        if (stream.deadline() == StoredStream.NEVER) {
            row.setNull(first + 2, Types.INTEGER);
            row.setNull(first + 3, Types.INTEGER);
        } else {
            row.setLong(first + 2, stream.deadline());
            row.setLong(first + 3, stream.idleMillis());
        }
        row.setBytes(first + 4, StateFormat.encode(stream));
    }

    /// @throws IllegalArgumentException if the pass does not fit what is there
    void settle(CatalogPoint from, Settled pass, long nextSegment)
            throws IOException, SQLException {
        CatalogPoint to = pass.to();
        SegmentRow segment = pass.segment();
        require(
                to.recoveryPoint() >= from.recoveryPoint(),
                "it goes back from %d to %d".formatted(from.recoveryPoint(), to.recoveryPoint()));
        if (segment != null) {
            require(
                    segment.start() >= from.recoveryPoint() && segment.end() <= to.recoveryPoint(),
                    "%s is not between %d and %d"
                            .formatted(segment, from.recoveryPoint(), to.recoveryPoint()));
            put(segment);
        }
        long inRuns = putRuns(segment, pass.runs());
        require(
                segment == null || inRuns == segment.liveBytes(),
                "%d bytes are in runs of %s".formatted(inRuns, segment));
        remove(pass.removed());
        while (pass.changed().hasNext()) {
            streams.add(pass.changed().next());
        }
        streams.flush();
        put(to, nextSegment);
    }

    private long putRuns(@Nullable SegmentRow segment, Iterator<RunRow> rows)
            throws IOException, SQLException {
        long bytes = 0;
        while (rows.hasNext()) {
            RunRow run = rows.next();
            require(segment != null && run.segmentId() == segment.id(), run + " is elsewhere");
            bytes += run.length();
            runs.add(run);
        }
        runs.flush();
        return bytes;
    }

    private void remove(Iterator<Long> removed) throws SQLException {
        Map<Long, Long> dead = new HashMap<>();
        while (removed.hasNext()) {
            long streamId = removed.next();
            removeRuns.setLong(1, streamId);
            try (ResultSet rows = removeRuns.executeQuery()) {
                while (rows.next()) {
                    dead.merge(rows.getLong(1), rows.getLong(2), Long::sum);
                }
            }
            removeStream.setLong(1, streamId);
            int _ = removeStream.executeUpdate();
        }
        for (Map.Entry<Long, Long> segment : new TreeMap<>(dead).entrySet()) {
            addDead(segment.getKey(), segment.getValue());
        }
    }

    /// @throws IllegalArgumentException if the compaction does not fit what is there
    void replace(CatalogPoint point, Replaced compaction, long nextSegment)
            throws IOException, SQLException {
        Set<Long> old = new HashSet<>(compaction.segments());
        long liveBefore = 0;
        for (Long segmentId : compaction.segments()) {
            liveBefore += removeSegment(segmentId);
        }
        SegmentRow by = compaction.by();
        if (by != null) {
            put(by);
        }
        long moved = 0;
        long dead = 0;
        while (compaction.runs().hasNext()) {
            RunRow run = compaction.runs().next();
            require(by != null && run.segmentId() == by.id(), run + " is elsewhere");
            long there = removeWithin(run, old);
            require(
                    there == 0 || there == run.length(),
                    "%d bytes are where %s is to be".formatted(there, run));
            moved += there;
            if (there == 0) {
                dead += run.length();
            } else {
                runs.add(run);
            }
        }
        runs.flush();
        require(
                moved == liveBefore,
                "%d bytes of runs become %d; the rest would be nowhere"
                        .formatted(liveBefore, moved));
        if (by != null) {
            require(
                    by.liveBytes() == moved + dead,
                    "%d bytes are in runs of %s".formatted(moved + dead, by));
            addDead(by.id(), dead);
        }
        put(point, nextSegment);
    }

    private long removeSegment(long segmentId) throws SQLException {
        removeSegment.setLong(1, segmentId);
        try (ResultSet row = removeSegment.executeQuery()) {
            require(row.next(), "there is no segment " + segmentId);
            return row.getLong(1);
        }
    }

    /// @return the bytes that were there
    private long removeWithin(RunRow run, Set<Long> old) throws SQLException {
        long bytes = 0;
        removeRunsWithin.setLong(1, run.streamId());
        removeRunsWithin.setLong(2, run.base());
        removeRunsWithin.setLong(3, run.end());
        try (ResultSet rows = removeRunsWithin.executeQuery()) {
            while (rows.next()) {
                require(
                        old.contains(rows.getLong(1)),
                        "%s takes bytes of segment %d".formatted(run, rows.getLong(1)));
                bytes += rows.getLong(2);
            }
        }
        return bytes;
    }

    private void put(SegmentRow segment) throws SQLException {
        putSegment.setLong(1, segment.id());
        putSegment.setInt(2, segment.level());
        putSegment.setLong(3, segment.start());
        putSegment.setLong(4, segment.end());
        putSegment.setInt(
                5,
                switch (segment.kind()) {
                    case SEGMENT -> CatalogSchema.KIND_SEGMENT;
                    case PROMOTED_JOURNAL -> CatalogSchema.KIND_PROMOTED_JOURNAL;
                });
        putSegment.setLong(6, segment.fileBytes());
        putSegment.setLong(7, segment.runBytes());
        putSegment.setLong(8, segment.deadBytes());
        int _ = putSegment.executeUpdate();
    }

    private void addDead(long segmentId, long bytes) throws SQLException {
        addDead.setLong(1, bytes);
        addDead.setLong(2, segmentId);
        int _ = addDead.executeUpdate();
    }

    private void put(CatalogPoint point, long nextSegment) throws SQLException {
        putLog.setLong(1, point.recoveryPoint());
        putLog.setLong(2, point.time());
        putLog.setLong(3, point.writerEpoch());
        putLog.setLong(4, point.logId());
        putLog.setLong(5, nextSegment);
        int _ = putLog.executeUpdate();
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(REFUSED.formatted(otherwise));
        }
    }

    /// Forgets what waits: the transaction was given up.
    void clear() {
        runs.clear();
        streams.clear();
    }
}
