package dev.siltstone.stream;

import dev.siltstone.journal.Journal;
import dev.siltstone.journal.PositionDroppedException;
import dev.siltstone.stream.segment.EntryBytes;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntry;
import dev.siltstone.stream.segment.RunSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The files under all streams, for reading: the journal for what is not settled, segments for the rest.
///
/// Thread-safe.
final class Reads implements EntryBytes {
    private final Settled settled;
    private volatile @Nullable Journal opened;

    /// What was settled, for reading.
    interface Settled {
        /// Nothing was.
        Settled NOTHING = (_, _) -> null;

        /// Returns the run of a stream that holds `wireByte`; `null` if that was not settled.
        ///
        /// @throws PlaceGoneException if it has just moved
        @Nullable Leased lease(long streamId, long wireByte) throws IOException;
    }

    /// A run that can be read until this is closed.
    ///
    /// @param held what is to be closed with it, if anything
    record Leased(RunSource run, @Nullable Closeable held) implements Closeable {
        @Override
        public void close() throws IOException {
            if (held != null) {
                held.close();
            }
        }
    }

    Reads(Settled settled) {
        this.settled = settled;
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

    /// Returns the run that holds `wireByte`, a byte of the stream's own. Memory is asked first: what a pass
    /// takes out of it is in the catalog before.
    ///
    /// @throws PlaceGoneException if it has just moved
    /// @throws IOException if there is no such byte
    Leased lease(LiveStream stream, long wireByte) throws IOException {
        RunList runs = stream.runs();
        runs.dropBefore(journal().firstFileStart());
        Run run = runs.find(wireByte);
        if (run != null) {
            EntryTable table = run.table();
            if (table.end() > wireByte) {
                return new Leased(new UnsettledRun(this, table), null);
            }
        } else {
            Leased leased = settled.lease(stream.id(), wireByte);
            if (leased != null) {
                return leased;
            }
        }
        throw new IOException(
                "stream "
                        + stream.path()
                        + " has no bytes at "
                        + wireByte
                        + ", which it should have");
    }

    /// Returns the run that holds `wireByte` where it was settled, though it may still be in the journal as well;
    /// `null` if it was not.
    ///
    /// @throws PlaceGoneException if it has just moved
    @Nullable Leased leaseSettled(LiveStream stream, long wireByte) throws IOException {
        return settled.lease(stream.id(), wireByte);
    }

    /// Returns the log position of a byte of an entry's content.
    static long position(RunEntry entry, long wireByte) {
        return entry.position()
                + Journal.ENTRY_HEADER_BYTES
                + entry.dataOffset()
                + (wireByte - entry.wireByte());
    }

    /// Fills `target` with the bytes of the log from a position on; all must lie in one file.
    ///
    /// @throws PlaceGoneException if they were settled meanwhile
    void read(long position, ByteBuffer target) throws IOException {
        try {
            journal().read(target, position);
        } catch (PositionDroppedException e) {
            throw new PlaceGoneException("log position " + position + " was settled", e);
        }
    }

    @Override
    public void read(RunEntry entry, int offset, ByteBuffer target) throws IOException {
        read(position(entry, entry.wireByte() + offset), target);
    }

    @Override
    public long filePosition(RunEntry entry) throws IOException {
        throw new IOException("the journal's live files are read, not sent");
    }

    @Override
    public @Nullable FileChannel openForSending() {
        return null;
    }

    @Override
    public int[] messageLengths(RunEntry entry) throws IOException {
        try {
            return messageLengths(journal().readEntry(entry.position()), entry);
        } catch (PositionDroppedException e) {
            throw new PlaceGoneException("log position " + entry.position() + " was settled", e);
        }
    }

    /// Returns the lengths of an entry's messages.
    ///
    /// @param payload of the journal entry
    static int[] messageLengths(ByteBuffer payload, RunEntry entry) throws IOException {
        try {
            Entry decoded = EntryFormat.decode(payload);
            return switch (decoded) {
                case Entry.Created created -> created.content().payload().messageLengths();
                case Entry.Appended appended -> appended.content().payload().messageLengths();
                case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ ->
                        throw new IOException("no content at log position " + entry.position());
            };
        } catch (EntryException e) {
            throw new IOException(
                    "the journal entry at position " + entry.position() + " cannot be read", e);
        }
    }
}
