package dev.siltstone.stream;

import dev.siltstone.journal.Journal;
import dev.siltstone.stream.segment.EntryBytes;
import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The content of journal entries, each verified whenever it is read: what is copied into a segment gets a
/// checksum there, which must not cover damage.
///
/// Thread-safe.
final class JournalEntries implements EntryBytes {
    private final Journal journal;

    JournalEntries(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void read(RunEntry entry, int offset, ByteBuffer target) throws IOException {
        ByteBuffer payload = journal.readEntry(entry.position());
        int from = payload.position() + entry.dataOffset() + offset;
        if (from + target.remaining() > payload.limit()) {
            throw new IOException(
                    "the run index of %s tells of more bytes than the entry at position %d has; delete it to have it written again"
                            .formatted(journal.fileOf(entry.position()), entry.position()));
        }
        target.put(payload.slice(from, target.remaining()));
    }

    @Override
    public long filePosition(RunEntry entry) throws IOException {
        return journal.filePositionOf(Reads.position(entry, entry.wireByte()));
    }

    @Override
    public int[] messageLengths(RunEntry entry) throws IOException {
        return Reads.messageLengths(journal, entry);
    }
}
