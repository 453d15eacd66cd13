package dev.siltstone.journal;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The bytes of a journal. Everything is big-endian.
///
/// A *position* is a byte of the log: batches, one after the other, over all files. File headers and the
/// unused rest of a file have no position. `file position = position - start + 64`.
///
/// ## File: `<start %020d>.journal`
///
/// | offset | bytes | field    | meaning                                                                |
/// |-------:|------:|----------|------------------------------------------------------------------------|
/// |      0 |     8 | magic    | `SILTJRNL`                                                             |
/// |      8 |     4 | version  | 1                                                                      |
/// |     12 |     4 | flags    | bit 0: recycled, the unused rest is not zero; the others are 0         |
/// |     16 |     8 | start    | position of the first batch, a multiple of 32; also the file's name    |
/// |     24 |     8 | salt     | random per file, fresh at each recycling                               |
/// |     32 |     8 | logId    | random per log, the same in all its files                              |
/// |     40 |     8 | capacity | bytes of the file, a multiple of 4096                                  |
/// |     48 |    12 | reserved | 0                                                                      |
/// |     60 |     4 | crc32c   | of bytes 0 to 60                                                       |
///
/// The header is forced before the file gets its name, so a bad one is never a torn write. After it come
/// batches without gaps, then zeros (in a recycled file: old bytes, which the salt keeps from passing).
/// The last 32 bytes of a file are kept for a tail mark.
///
/// ## Batch: what one write and one force made durable. Never spans files; valid only whole
///
/// | offset | bytes | field      | meaning                                                              |
/// |-------:|------:|------------|----------------------------------------------------------------------|
/// |      0 |     4 | magic      | `B5 1D CA 7E`                                                        |
/// |      4 |     4 | crc32c     | of salt, the batch's position, and bytes 8 to 28                     |
/// |      8 |     8 | durableEnd | position before which all was forced before this batch was written   |
/// |     16 |     4 | bodyBytes  | bytes of all entries; 0 in a tail mark                               |
/// |     20 |     4 | entries    | their number; 0 in a tail mark                                       |
/// |     24 |     4 | bodyCrc    | crc32c of salt, the batch's position, and crc and length of each entry |
/// |     28 |     n | body       | the entries                                                          |
/// | 28 + n |  4–35 | fill       | bytes `A5` up to the next multiple of 32                             |
///
/// Batches start at multiples of 32, so no batch header straddles a sector and a tail mark is written or
/// not, never torn. The fill puts set bits into the last sector of every batch: a torn batch does not look
/// like a single flipped bit. A *tail mark* is a batch without entries whose durableEnd is its own
/// position; nothing in it is left to choice.
///
/// ## Entry
///
/// | offset | bytes | field   | meaning                                                                 |
/// |-------:|------:|---------|-------------------------------------------------------------------------|
/// |      0 |     4 | crc32c  | of salt, the entry's position, length and payload                       |
/// |      4 |     4 | length  | bytes of the payload, at least 1                                        |
/// |      8 |     n | payload | opaque                                                                  |
final class JournalFormat {
    static final long FILE_MAGIC = 0x53494C544A524E4CL;
    static final int VERSION = 1;
    static final int FLAG_RECYCLED = 1;
    static final int HEADER_BYTES = 64;
    static final int HEADER_CRC_OFFSET = 60;
    static final int FILE_BYTES_UNIT = 4096;

    static final int BATCH_MAGIC = 0xB51DCA7E;
    static final int BATCH_HEADER_BYTES = 28;
    static final int BATCH_ALIGNMENT = 32;
    static final int FILL_BYTES_MIN = 4;
    static final byte FILL = (byte) 0xA5;
    static final int MARK_BYTES = 32;

    static final int ENTRY_HEADER_BYTES = 8;

    private static final String SUFFIX = ".journal";
    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.journal");

    private JournalFormat() {}

    static String fileName(long start) {
        return "%020d%s".formatted(start, SUFFIX);
    }

    /// Returns the start position a file name tells, or `null` if it is not the name of a journal file.
    static @Nullable Long startOf(String fileName) {
        var matcher = NAME.matcher(fileName);
        if (!matcher.matches()) {
            return null;
        }
        try {
            return Long.valueOf(matcher.group(1));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /// Returns the bytes a batch takes whose entries take `bodyBytes`.
    static long batchBytes(long bodyBytes) {
        long bytes = BATCH_HEADER_BYTES + bodyBytes + FILL_BYTES_MIN;
        return (bytes + BATCH_ALIGNMENT - 1) / BATCH_ALIGNMENT * BATCH_ALIGNMENT;
    }

    static ByteBuffer encode(FileHeader header) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.putLong(FILE_MAGIC).putInt(VERSION).putInt(header.recycled() ? FLAG_RECYCLED : 0);
        bytes.putLong(header.start()).putLong(header.salt()).putLong(header.logId());
        bytes.putLong(header.capacity());
        bytes.putInt(HEADER_CRC_OFFSET, SaltedChecksum.plain(bytes.slice(0, HEADER_CRC_OFFSET)));
        return bytes.clear();
    }

    /// Decodes a file header, which fills `bytes`.
    static Decoded<FileHeader> decodeFileHeader(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return Decoded.bad(
                    0,
                    "too short for a header",
                    HEADER_BYTES + " bytes",
                    bytes.remaining() + " bytes");
        }
        ByteBuffer header = bytes.slice();
        if (header.getLong(0) != FILE_MAGIC) {
            String actual = "%016x".formatted(header.getLong(0));
            return Decoded.bad(
                    0,
                    "not a journal file",
                    "magic %016x".formatted(FILE_MAGIC),
                    "magic " + actual);
        }
        int crc = SaltedChecksum.plain(header.slice(0, HEADER_CRC_OFFSET));
        if (crc != header.getInt(HEADER_CRC_OFFSET)) {
            return Decoded.badCrc(0, "file header", header.getInt(HEADER_CRC_OFFSET), crc);
        }
        if (header.getInt(8) != VERSION) {
            return Decoded.bad(
                    8,
                    "written by another version",
                    "version " + VERSION,
                    "version " + header.getInt(8));
        }
        int flags = header.getInt(12);
        long start = header.getLong(16);
        long capacity = header.getLong(40);
        boolean plausible =
                (flags & ~FLAG_RECYCLED) == 0
                        && header.getLong(48) == 0
                        && header.getInt(56) == 0
                        && FileHeader.isPlausible(start, capacity);
        if (!plausible) {
            String actual = "flags %x, start %d, capacity %d".formatted(flags, start, capacity);
            return Decoded.bad(8, "impossible file header", "a header this version writes", actual);
        }
        boolean recycled = (flags & FLAG_RECYCLED) != 0;
        return Decoded.of(
                new FileHeader(start, header.getLong(24), header.getLong(32), capacity, recycled));
    }

    /// Writes a batch header over the first bytes of `batch` and the fill behind its body.
    ///
    /// @param batch header, body and fill
    static void encode(BatchHeader header, SaltedChecksum checksum, ByteBuffer batch) {
        assert batch.remaining() == header.batchBytes() : batch.remaining() + " for " + header;
        int at = batch.position();
        batch.putInt(at, BATCH_MAGIC);
        batch.putLong(at + 8, header.durableEnd());
        batch.putInt(at + 16, header.bodyBytes());
        batch.putInt(at + 20, header.entries());
        batch.putInt(at + 24, header.bodyCrc());
        batch.putInt(
                at + 4,
                checksum.of(header.position(), batch.slice(at + 8, BATCH_HEADER_BYTES - 8)));
        for (int fill = at + BATCH_HEADER_BYTES + header.bodyBytes();
                fill < batch.limit();
                fill++) {
            batch.put(fill, FILL);
        }
    }

    /// Decodes the batch header that lies at `position` if it is one: right magic and checksum.
    static Decoded<BatchHeader> decodeBatchHeader(
            ByteBuffer bytes, long position, SaltedChecksum checksum) {
        int at = bytes.position();
        int magic = bytes.getInt(at);
        if (magic != BATCH_MAGIC) {
            String expected = "magic %08x".formatted(BATCH_MAGIC);
            return Decoded.bad(0, "no batch header", expected, "magic %08x".formatted(magic));
        }
        int crc = checksum.of(position, bytes.slice(at + 8, BATCH_HEADER_BYTES - 8));
        if (crc != bytes.getInt(at + 4)) {
            return Decoded.badCrc(0, "batch header", bytes.getInt(at + 4), crc);
        }
        long durableEnd = bytes.getLong(at + 8);
        int bodyBytes = bytes.getInt(at + 16);
        int entries = bytes.getInt(at + 20);
        if (!BatchHeader.isPlausible(position, durableEnd, bodyBytes, entries)) {
            String actual =
                    "durable end %d, %d bytes, %d entries"
                            .formatted(durableEnd, bodyBytes, entries);
            return Decoded.bad(
                    8, "impossible batch header", "a header this version writes", actual);
        }
        return Decoded.of(
                new BatchHeader(position, durableEnd, bodyBytes, entries, bytes.getInt(at + 24)));
    }

    /// Returns the only bytes a tail mark at `position` can have.
    static ByteBuffer tailMark(long position, SaltedChecksum checksum) {
        ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
        encode(BatchHeader.tailMark(position, checksum), checksum, mark);
        return mark;
    }
}
