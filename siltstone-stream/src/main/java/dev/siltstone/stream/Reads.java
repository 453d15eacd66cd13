package dev.siltstone.stream;

import dev.siltstone.journal.Journal;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntries;
import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The files under all streams, for reading.
///
/// Thread-safe.
final class Reads {
    private final RunIndexes indexes;
    private volatile @Nullable Journal opened;

    Reads(RunIndexes indexes) {
        this.indexes = indexes;
    }

    /// The journal is open: reads may begin.
    void from(Journal journal) {
        opened = journal;
    }

    private Journal journal() {
        return Objects.requireNonNull(opened, "the journal is not open yet");
    }

    long durableEnd() {
        return journal().durableEnd();
    }

    /// Shows the entries of a run, from the one that holds `wireByte` on.
    void visit(Run run, long streamId, long wireByte, RunEntries.Visitor visitor)
            throws IOException {
        EntryTable table = run.table();
        if (table != null) {
            table.visitFrom(wireByte, visitor);
        } else {
            indexes.visit(run.fileStart, streamId, wireByte, visitor);
        }
    }

    /// Returns the log position of a byte of an entry's content.
    static long position(RunEntry entry, long wireByte) {
        return entry.position()
                + Journal.ENTRY_HEADER_BYTES
                + entry.dataOffset()
                + (wireByte - entry.wireByte());
    }

    /// Fills `target` with the bytes of the log from a position on; all must lie in one file.
    void read(long position, ByteBuffer target) throws IOException {
        journal().read(target, position);
    }

    /// Returns the lengths of an entry's messages.
    int[] messageLengths(RunEntry entry) throws IOException {
        Entry decoded = EntryFormat.decode(journal().readEntry(entry.position()));
        return switch (decoded) {
            case Entry.Created created -> created.content().payload().messageLengths();
            case Entry.Appended appended -> appended.content().payload().messageLengths();
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ ->
                    throw new IOException(
                            journal().fileOf(entry.position())
                                    + " holds no content at position "
                                    + entry.position());
        };
    }
}
