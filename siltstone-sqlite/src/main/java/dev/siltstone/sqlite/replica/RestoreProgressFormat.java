package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.PageRange;
import dev.siltstone.sqlite.ltx.RangeSum;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a progress file: which pieces of which files were decoded, and which pages of them written.
/// Big-endian. It need not be durable: what it says of a page is believed only if the page has the checksum
/// that it says.
///
/// ## Header
///
/// | offset | bytes | field    | meaning                       |
/// |-------:|------:|----------|-------------------------------|
/// |      0 |     8 | magic    | `SILTREST`                    |
/// |      8 |     4 | version  | 1                             |
/// |     12 |     4 | pageSize | of the database               |
///
/// ## Record: one per piece, as they got done; the last may be torn
///
/// | offset | bytes | field        | meaning                                                       |
/// |-------:|------:|--------------|---------------------------------------------------------------|
/// |      0 |     4 | crc32c       | of bytes 4 to length                                          |
/// |      4 |     4 | length       | of the record, at most [#RECORD_BYTES_MAX]                    |
/// |      8 |     4 | level        | of the file                                                   |
/// |     12 |     4 | runs         | how many runs of pages were written                           |
/// |     16 |     8 | min          | of the file                                                   |
/// |     24 |     8 | max          | of the file                                                   |
/// |     32 |     8 | fileBytes    | length of the file                                            |
/// |     40 |     8 | fileChecksum | of the file                                                   |
/// |     48 |     8 | start        | file position of the piece                                    |
/// |     56 |     8 | end          | file position behind it                                       |
/// |     64 |     8 | firstPgno    | first page in it                                              |
/// |     72 |     8 | lastPgno     | last page in it                                               |
/// |     80 |     8 | rangePages   | how many are in it                                            |
/// |     88 |     8 | entriesHash  | over its part of the page index                               |
/// |     96 |     8 | crc          | what it adds to the file checksum                             |
/// |    104 |     8 | contentBytes | over how many bytes that is                                   |
/// |    112 | 8 × r | runs         | first page (4, unsigned) and count (4) of each                |
/// |      … | 8 × p | checksums    | of the pages of all runs                                      |
final class RestoreProgressFormat {
    static final int HEADER_BYTES = 16;
    static final int RECORD_HEADER_BYTES = 112;

    /// Room for a piece of 16 MiB of the smallest pages, each by itself.
    static final int RECORD_BYTES_MAX = 64 << 20;

    private static final long MAGIC = 0x53494C5452455354L;
    private static final int VERSION = 1;
    private static final int CRC_BYTES = 4;

    private RestoreProgressFormat() {}

    static ByteBuffer header(int pageSize) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(pageSize)
                .flip();
    }

    static boolean isHeader(ByteBuffer bytes, int pageSize) {
        return bytes.remaining() == HEADER_BYTES && bytes.equals(header(pageSize));
    }

    /// Returns the length of a record.
    static long bytes(DoneRange pages) {
        return RECORD_HEADER_BYTES + 8L * pages.runs() + 8L * pages.pages();
    }

    /// Encodes a record.
    ///
    /// @param target with room for it
    static void encode(DoneRange.Piece piece, DoneRange pages, ByteBuffer target) {
        int length = (int) bytes(pages);
        PageRange range = piece.sum().range();
        target.clear().limit(length);
        target.putInt(0).putInt(length);
        target.putInt(piece.file().id().level()).putInt(pages.runs());
        target.putLong(piece.file().id().first()).putLong(piece.file().id().last());
        target.putLong(piece.file().bytes()).putLong(piece.fileChecksum());
        target.putLong(range.start()).putLong(range.end());
        target.putLong(range.firstPgno()).putLong(range.lastPgno());
        target.putLong(range.pages()).putLong(range.entriesHash());
        target.putLong(piece.sum().crc()).putLong(piece.sum().contentBytes());
        for (int i = 0; i < pages.runs(); i++) {
            target.putInt((int) pages.runFirst(i)).putInt(pages.runCount(i));
        }
        for (int i = 0; i < pages.pages(); i++) {
            target.putLong(pages.checksum(i));
        }
        target.putInt(0, crc(target, length)).flip();
    }

    /// Returns the length a record says it has, or nothing if that is impossible.
    ///
    /// @param header its first 112 bytes
    /// @param room bytes from its beginning to the end of the file
    static Optional<Integer> length(ByteBuffer header, long room) {
        int length = header.getInt(CRC_BYTES);
        boolean possible =
                length >= RECORD_HEADER_BYTES
                        && length <= Math.min(room, RECORD_BYTES_MAX)
                        && length % 8 == 0;
        return possible ? Optional.of(length) : Optional.empty();
    }

    /// Decodes a whole record.
    ///
    /// @param pages gets what was written
    /// @param files finds the file that a record is about; null if it is no longer of use
    /// @return nothing if it is damaged; a decoded record with a null piece if nobody knows the file
    static Optional<Decoded> decode(ByteBuffer record, DoneRange pages, FileFinder files) {
        int length = record.remaining();
        int runs = record.getInt(12);
        if (record.getInt(0) != crc(record, length)
                || runs < 0
                || RECORD_HEADER_BYTES + 8L * runs > length) {
            return Optional.empty();
        }
        pages.clear();
        long count = 0;
        for (int i = 0; i < runs; i++) {
            int at = RECORD_HEADER_BYTES + 8 * i;
            int each = record.getInt(at + 4);
            pages.addRun(Integer.toUnsignedLong(record.getInt(at)), each);
            count += each;
        }
        int sums = RECORD_HEADER_BYTES + 8 * runs;
        if (count != (length - sums) / 8) {
            return Optional.empty();
        }
        for (int i = 0; i < count; i++) {
            pages.addChecksum(record.getLong(sums + 8 * i));
        }
        PageRange range =
                new PageRange(
                        record.getLong(48),
                        record.getLong(56),
                        record.getLong(64),
                        record.getLong(72),
                        record.getLong(80),
                        record.getLong(88));
        RangeSum sum = new RangeSum(range, record.getLong(96), record.getLong(104));
        RestoreFile file =
                files.find(
                        record.getInt(8),
                        record.getLong(16),
                        record.getLong(24),
                        record.getLong(32),
                        record.getLong(40));
        return Optional.of(new Decoded(file, sum));
    }

    private static int crc(ByteBuffer record, int length) {
        CRC32C crc = new CRC32C();
        crc.update(record.slice(CRC_BYTES, length - CRC_BYTES));
        return (int) crc.getValue();
    }

    /// Finds the file of a plan that a record is about.
    @FunctionalInterface
    interface FileFinder {
        @Nullable RestoreFile find(int level, long min, long max, long bytes, long fileChecksum);
    }

    /// A record.
    ///
    /// @param file null if none of the plan
    record Decoded(@Nullable RestoreFile file, RangeSum sum) {}
}
