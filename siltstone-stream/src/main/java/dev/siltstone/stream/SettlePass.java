package dev.siltstone.stream;

import dev.siltstone.journal.Journal;
import dev.siltstone.stream.GatheredRuns.Gathered;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.SegmentHeader;
import dev.siltstone.stream.segment.SegmentWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Takes one part of the log from the journal into a segment and the catalog. The steps, and what a crash
/// after each leaves, are those of ADR 10; whoever calls this tells the readers and drops journal files.
///
/// Memory: 28 bytes per entry of the part, and the part itself outside the heap; it lies in one journal file.
///
/// Not thread-safe; made for one pass.
final class SettlePass {
    private static final int READ_BYTES = 1 << 20;

    private final Journal journal;
    private final Catalog catalog;
    private final SegmentFiles files;
    private final int promotedEntryBytesMin;
    private final GatheredRuns gathered = new GatheredRuns();

    /// @param promotedEntryBytesMin from which average on a whole journal file is kept as it is
    SettlePass(Journal journal, Catalog catalog, SegmentFiles files, int promotedEntryBytesMin) {
        this.promotedEntryBytesMin = promotedEntryBytesMin;
        this.journal = journal;
        this.catalog = catalog;
        this.files = files;
    }

    /// Settles the log from the recovery point on.
    ///
    /// @param to where a batch ends: after the recovery point, in the same journal file
    /// @return the new segment; `null` if no bytes had to be kept
    /// @throws IOException if anything fails: nothing is settled then, and the pass may be tried again
    @Nullable SegmentRow settleTo(long to) throws IOException {
        CatalogPoint before = catalog.point();
        long from = before.recoveryPoint();
        try (CatalogReader reader = catalog.reader()) {
            var states = new SettledStates(before, reader);
            journal.scan(from, to, (position, payload) -> apply(states, position, payload));
            LongPredicate alive = streamId -> states.find(streamId) != null;
            List<Gathered> runs = gathered.runs(alive);
            CatalogPoint point = states.point(to, journal.logId());
            SegmentRow segment = runs.isEmpty() ? null : write(from, point, runs);
            long segmentId = segment == null ? 0 : segment.id();
            Iterator<RunRow> rows =
                    runs.stream()
                            .map(run -> new RunRow(run.streamId, run.base, run.bytes(), segmentId))
                            .iterator();
            var settled =
                    new Settled(
                            point, segment, rows, states.removed().iterator(), states.changed());
            files.atPace(() -> catalog.settle(settled));
            return segment;
        }
    }

    private void apply(SettledStates states, long position, ByteBuffer payload) throws IOException {
        try {
            Entry entry = EntryFormat.decode(payload);
            states.apply(position, entry);
            switch (entry) {
                case Entry.Created created -> {
                    Entry.Fork fork = created.fork();
                    long base = fork == null ? 0 : fork.forkByte();
                    gather(position, base, position, created.content(), created.time());
                }
                case Entry.Appended appended ->
                        gather(
                                appended.streamId(),
                                appended.wireByte(),
                                position,
                                appended.content(),
                                appended.time());
                case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> {}
            }
        } catch (EntryException e) {
            throw new IOException(
                    "the journal entry at position "
                            + position
                            + " cannot be settled: "
                            + e.getMessage(),
                    e);
        }
    }

    private void gather(
            long streamId, long wireByte, long position, Entry.Content content, long time) {
        if (content.length() > 0) {
            gathered.add(streamId, wireByte, position, content, time);
        }
    }

    private SegmentRow write(long from, CatalogPoint point, List<Gathered> runs)
            throws IOException {
        long to = point.recoveryPoint();
        long bytes = runs.stream().mapToLong(Gathered::bytes).sum();
        boolean promoted = isToBePromoted(from, to);
        long fileBytes =
                promoted
                        ? files.promote(journal, from, to, tables(runs))
                        : files.write(
                                SegmentHeader.plain(
                                        0, from, to, point.logId(), point.writerEpoch()),
                                point.time(),
                                writer -> write(from, to, runs, writer));
        return new SegmentRow(
                catalog.nextSegmentId(),
                0,
                from,
                to,
                promoted ? SegmentRow.Kind.PROMOTED_JOURNAL : SegmentRow.Kind.SEGMENT,
                fileBytes,
                promoted ? gathered.bytes() : bytes,
                promoted ? gathered.bytes() - bytes : 0);
    }

    private boolean isToBePromoted(long from, long to) {
        return gathered.bytes() / gathered.entries() >= promotedEntryBytesMin
                && journal.fileStarts().contains(from)
                && to == nextFileStart(from);
    }

    private long nextFileStart(long fileStart) {
        for (long start : journal.fileStarts()) {
            if (start > fileStart) {
                return start;
            }
        }
        return Long.MAX_VALUE;
    }

    private TreeMap<Long, EntryTable> tables(List<Gathered> runs) {
        TreeMap<Long, EntryTable> tables = new TreeMap<>();
        for (Gathered run : runs) {
            tables.put(run.streamId, gathered.table(run));
        }
        return tables;
    }

    private void write(long from, long to, List<Gathered> runs, SegmentWriter writer)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer log = arena.allocate(to - from).asByteBuffer();
            read(from, log);
            for (Gathered run : runs) {
                gathered.write(run, log, from, writer);
            }
        }
    }

    /// Reads the part of the log, which the scan has just verified.
    private void read(long from, ByteBuffer log) throws IOException {
        while (log.position() < log.capacity()) {
            log.limit(Math.min(log.capacity(), log.position() + READ_BYTES));
            journal.read(log, from + log.position());
        }
        log.flip();
    }
}
