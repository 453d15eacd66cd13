package dev.siltstone.sqlite.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The bytes of SQLite's `-wal` file. Everything is big-endian but the words that the checksums add up,
/// whose order the magic tells.
///
/// ## Header
///
/// | offset | bytes | field              | meaning                                                       |
/// |-------:|------:|--------------------|---------------------------------------------------------------|
/// |      0 |     4 | magic              | `377F0682`: checksums of little-endian words; `377F0683`: big |
/// |      4 |     4 | version            | 3007000                                                       |
/// |      8 |     4 | pageSize           | a power of two from 512 to 65536, as it is                    |
/// |     12 |     4 | checkpointSequence | counts restarts                                               |
/// |     16 |     4 | salt1              | one more at each restart, or random                           |
/// |     20 |     4 | salt2              | random at each restart                                        |
/// |     24 |     8 | checksum           | of bytes 0 to 24, seeded with 0 0                             |
///
/// ## Frame: header and page; frame 1 begins at file position 32, and there are no gaps
///
/// | offset | bytes | field       | meaning                                                              |
/// |-------:|------:|-------------|----------------------------------------------------------------------|
/// |      0 |     4 | pgno        | page number, from 1                                                  |
/// |      4 |     4 | commitPages | in the last frame of a commit pages of the database after it, else 0 |
/// |      8 |     4 | salt1       | of the header; other salts: a frame of an earlier generation         |
/// |     12 |     4 | salt2       |                                                                      |
/// |     16 |     8 | checksum    | of bytes 0 to 8 and the page, seeded with the frame's before         |
/// |     24 |     n | page        | pageSize bytes                                                       |
///
/// A restart writes a new header and begins again at frame 1; what lies behind the new frames keeps the old
/// salts. A frame with right salts and checksum is not yet committed: that only the wal-index says.
///
/// @see <a href="https://www.sqlite.org/fileformat2.html#walformat">Database File Format, section 4</a>
public final class WalFormat {
    public static final int HEADER_BYTES = 32;
    public static final int FRAME_HEADER_BYTES = 24;
    public static final int PAGE_BYTES_MIN = 512;
    public static final int PAGE_BYTES_MAX = 65536;

    static final int MAGIC_LITTLE_ENDIAN = 0x377F0682;
    static final int MAGIC_BIG_ENDIAN = 0x377F0683;
    static final int VERSION = 3007000;

    /// Frame numbers are unsigned 32-bit numbers in the wal-index.
    static final long FRAMES_MAX = 0xFFFFFFFFL;

    static final int PAGE_SIZE_OFFSET = 8;
    static final int HEADER_SUMMED_BYTES = 24;
    static final int FRAME_SUMMED_BYTES = 8;
    static final int FRAME_SALT_OFFSET = 8;
    static final int FRAME_CHECKSUM_OFFSET = 16;

    private WalFormat() {}

    /// Says whether SQLite has pages of that many bytes.
    public static boolean isPageSize(long bytes) {
        return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && Long.bitCount(bytes) == 1;
    }

    /// Returns the 32 bytes of a header, with the checksum that stands in it.
    public static ByteBuffer encode(WalHeader header) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        boolean big = header.wordOrder() == ByteOrder.BIG_ENDIAN;
        bytes.putInt(big ? MAGIC_BIG_ENDIAN : MAGIC_LITTLE_ENDIAN).putInt(VERSION);
        bytes.putInt(header.pageSize()).putInt(header.checkpointSequence());
        bytes.putInt(header.salt1()).putInt(header.salt2());
        bytes.putInt(header.checksum1()).putInt(header.checksum2());
        return bytes.flip();
    }

    /// Decodes what lies at the start of a file; `bytes` holds the file's first 32 bytes, or all it has.
    public static WalHeaderFound decodeHeader(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return new WalHeaderFound.Absent(bytes.remaining());
        }
        ByteBuffer header = bytes.slice().order(ByteOrder.BIG_ENDIAN);
        int magic = header.getInt(0);
        if (magic != MAGIC_LITTLE_ENDIAN && magic != MAGIC_BIG_ENDIAN) {
            return new WalHeaderFound.Damaged(
                    0, "no header of a WAL", "magic 377f0682 or 377f0683", "%08x".formatted(magic));
        }
        ByteOrder order =
                magic == MAGIC_BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        WalChecksum sum = new WalChecksum();
        sum.add(header, 0, HEADER_SUMMED_BYTES, order);
        if (!sum.is(header.getInt(24), header.getInt(28))) {
            String stored = WalChecksum.text(header.getInt(24), header.getInt(28));
            return new WalHeaderFound.Damaged(24, "checksum of the header", sum.toString(), stored);
        }
        if (header.getInt(4) != VERSION) {
            return new WalHeaderFound.Damaged(
                    4, "version", Integer.toString(VERSION), Integer.toString(header.getInt(4)));
        }
        long pageSize = Integer.toUnsignedLong(header.getInt(PAGE_SIZE_OFFSET));
        if (!isPageSize(pageSize)) {
            return new WalHeaderFound.Damaged(
                    PAGE_SIZE_OFFSET,
                    "page size",
                    "a power of two from 512 to 65536",
                    Long.toString(pageSize));
        }
        return new WalHeaderFound.Valid(
                new WalHeader(
                        order,
                        (int) pageSize,
                        header.getInt(12),
                        header.getInt(16),
                        header.getInt(20),
                        header.getInt(24),
                        header.getInt(28)));
    }

    /// Returns the 24 bytes of a frame header, with the checksum that stands in it.
    public static ByteBuffer encode(WalFrame frame) {
        ByteBuffer bytes = ByteBuffer.allocate(FRAME_HEADER_BYTES);
        bytes.putInt((int) frame.pgno()).putInt((int) frame.commitPages());
        bytes.putInt(frame.salt1()).putInt(frame.salt2());
        bytes.putInt(frame.checksum1()).putInt(frame.checksum2());
        return bytes.flip();
    }

    /// Decodes the frame header at a buffer's position, which stays; nothing is checked.
    public static WalFrame decodeFrame(long number, ByteBuffer bytes) {
        int at = bytes.position();
        return new WalFrame(
                number,
                Integer.toUnsignedLong(bytes.getInt(at)),
                Integer.toUnsignedLong(bytes.getInt(at + 4)),
                bytes.getInt(at + 8),
                bytes.getInt(at + 12),
                bytes.getInt(at + 16),
                bytes.getInt(at + 20));
    }
}
