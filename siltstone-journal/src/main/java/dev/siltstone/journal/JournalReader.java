package dev.siltstone.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads what is durable. The durable end comes with each call: what was published before it stays readable
/// whatever becomes of the journal.
///
/// Thread-safe.
final class JournalReader {
    private final JournalFiles files;

    JournalReader(JournalFiles files) {
        this.files = files;
    }

    /// Fills `target` with raw bytes of one file.
    ///
    /// @return the number of bytes read
    int read(ByteBuffer target, long position, long durableEnd) throws IOException {
        int bytes = target.remaining();
        JournalFile file = files.holding(position);
        long fileEnd = files.endOf(file, durableEnd);
        if (position + bytes > Math.min(durableEnd, fileEnd)) {
            throw new EOFException(
                    "%s holds nothing durable at log positions %d to %d"
                            .formatted(file, Math.max(position, fileEnd), position + bytes));
        }
        files.read(file, target, position);
        return bytes;
    }

    /// Reads and verifies an entry.
    ///
    /// @return its payload
    ByteBuffer readEntry(long position, long durableEnd) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(JournalFormat.ENTRY_HEADER_BYTES);
        read(header, position, durableEnd);
        JournalFile file = files.holding(position);
        int length = header.getInt(4);
        long left = files.endOf(file, durableEnd) - position - JournalFormat.ENTRY_HEADER_BYTES;
        if (length < 1 || length > left) {
            String expected = "1 to " + left + " bytes";
            throw damaged(
                    file, position, "impossible length of an entry", expected, length + " bytes");
        }
        ByteBuffer entry = ByteBuffer.allocate(JournalFormat.ENTRY_HEADER_BYTES + length);
        read(entry, position, durableEnd);
        int stored = entry.getInt(0);
        int computed =
                new SaltedChecksum(file.header().salt()).of(position, entry.slice(4, 4 + length));
        if (stored != computed) {
            throw damaged(
                    file,
                    position,
                    "the checksum of the entry does not match",
                    "crc32c %08x".formatted(stored),
                    "crc32c %08x".formatted(computed));
        }
        return entry.slice(JournalFormat.ENTRY_HEADER_BYTES, length);
    }

    /// Shows the entries between two places where batches begin.
    void scan(long from, long to, long durableEnd, EntryVisitor visitor) throws IOException {
        JournalFile file = files.holding(from);
        if (to < from || to > Math.min(durableEnd, files.endOf(file, durableEnd))) {
            throw new EOFException(
                    "%s holds nothing durable at log positions %d to %d"
                            .formatted(file, files.endOf(file, durableEnd), to));
        }
        files.scan(file, from, to, visitor);
    }

    private static JournalDamagedException damaged(
            JournalFile file, long position, String reason, String expected, String actual) {
        return new JournalDamagedException(
                new Scanned.Damaged(
                        file.path(),
                        position,
                        file.header().filePosition(position),
                        reason,
                        expected,
                        actual));
    }
}
