package dev.siltstone.stream.segment;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A segment: the bytes of many runs, each in one piece, and the index to find them without loading it.
/// Big-endian. Never changed once it has its name. It is made of pages of 4096 bytes; only the data is not.
///
/// | part        | pages | what                                                                       |
/// |-------------|------:|----------------------------------------------------------------------------|
/// | header      |     1 | what the segment holds                                                     |
/// | data        |     … | *stored bytes*, zeros up to the next page                                  |
/// | mark pages  |     m | where messages and appends end, see [MarkFormat]                           |
/// | run table   |     … | a row per run, by ascending key, 60 a page                                 |
/// | key levels  |     … | level 1: the first key of each page of the run table, 511 a page; level 2: that of each page of level 1; and so on up to a level of one page; none if the run table has one page |
/// | block table |     … | a row per block                                                            |
/// | footer      |     1 | sizes of the parts                                                         |
///
/// The last four bytes of each page are the CRC-32C of *stamp* (4), file position of the page (8) and the
/// page's other bytes. The stamp is the checksum of the header page; for that page itself it is 0.
///
/// **Data.** The runs one behind the other in the order of the table make the *content*; a place in it is a
/// *data position*. It is cut into blocks. In a plain segment content and stored bytes are the same, and all
/// blocks but the last have *block bytes*. In a compressed one a block is a zstd frame, or the content where
/// that is shorter, of at most *block bytes* of content. The checksum of a block covers stamp, file position
/// and stored bytes. Blocks are checked before what they hold is first served, pages whenever they are read.
///
/// | header: offset | bytes | field        | meaning                                              |
/// |-------:|------:|--------------|--------------------------------------------------------------|
/// |      0 |     8 | magic        | "SILTSEGM"                                                   |
/// |      8 |     4 | version      | 1                                                            |
/// |     12 |     4 | flags        | 1: blocks are compressed                                     |
/// |     16 |     4 | level        | 0 or more                                                    |
/// |     20 |     4 | block bytes  | a power of two, 4 KiB to 1 MiB                               |
/// |     24 |     8 | log id       | of the log                                                   |
/// |     32 |     8 | writer epoch | under which it was written                                   |
/// |     40 |     8 | start        | log position                                                 |
/// |     48 |     8 | end          | log position, exclusive                                      |
///
/// | footer: offset | bytes | field        | meaning                                              |
/// |-------:|------:|--------------|--------------------------------------------------------------|
/// |      0 |     8 | magic        | "SILTSEGF"                                                   |
/// |      8 |     8 | runs         | rows of the run table                                        |
/// |     16 |     8 | data bytes   | of the content                                               |
/// |     24 |     8 | stored bytes | of the blocks                                                |
/// |     32 |     8 | blocks       | rows of the block table                                      |
/// |     40 |     8 | mark pages   | m                                                            |
/// |     48 |     8 | messages     | of all runs                                                  |
///
/// | run row: offset | bytes | field           | meaning                                          |
/// |-------:|------:|-----------------|-----------------------------------------------------------|
/// |      0 |     8 | key             | whose run it is                                           |
/// |      8 |     8 | base            | wire byte at which the run begins                         |
/// |     16 |     8 | length          | of the run in bytes, 1 or more                            |
/// |     24 |     8 | data position   | of its first byte                                         |
/// |     32 |     8 | messages        | 1 or more                                                 |
/// |     40 |     8 | first time      | of its first append, milliseconds since 1970              |
/// |     48 |     8 | last time       | of its last append                                        |
/// |     56 |     4 | first mark page | counted from the first of the segment                     |
/// |     60 |     4 | last mark page  | the same                                                  |
/// |     64 |     4 | mark offset     | of its first mark in the first page                       |
///
/// The block table of a plain segment holds the checksums of the blocks (4 bytes each, 1023 a page), that of
/// a compressed one rows of 24 bytes (170 a page):
///
/// | block row: offset | bytes | field         | meaning                                          |
/// |-------:|------:|---------------|-------------------------------------------------------------|
/// |      0 |     8 | data position | of its first byte                                           |
/// |      8 |     8 | file position | at which it is stored                                       |
/// |     16 |     4 | crc32c        | of the stored bytes                                         |
/// |     20 |     4 | flags         | 1: stored as it is                                          |
///
/// All other bytes of a page are 0.
final class SegmentFormat {
    static final int PAGE_BYTES = 4096;
    static final int PAGE_BODY_BYTES = PAGE_BYTES - Integer.BYTES;
    static final int RUN_BYTES = 68;
    static final int RUNS_PER_PAGE = PAGE_BODY_BYTES / RUN_BYTES;
    static final int KEYS_PER_PAGE = PAGE_BODY_BYTES / Long.BYTES;
    static final int BLOCK_ROW_BYTES = 24;

    static final long MAGIC = 0x53494C545345474DL; // SILTSEGM
    private static final long FOOTER_MAGIC = 0x53494C5453454746L; // SILTSEGF
    private static final int VERSION = 1;
    private static final int FLAG_COMPRESSED = 1;
    private static final int FLAG_STORED = 1;
    private static final int HEADER_FIELD_BYTES = 56;
    private static final int FOOTER_FIELD_BYTES = 56;

    /// Sizes of the parts.
    record Footer(
            long runs,
            long dataBytes,
            long storedBytes,
            long blocks,
            long markPages,
            long messages) {}

    /// A row of the run table.
    record Row(
            long key,
            long base,
            long length,
            long dataPosition,
            long messages,
            long firstTime,
            long lastTime,
            int firstMarkPage,
            int lastMarkPage,
            int markOffset) {
        long end() {
            return base + length;
        }
    }

    /// A row of the block table of a compressed segment.
    record BlockRow(long dataPosition, long filePosition, int crc, boolean stored) {}

    private SegmentFormat() {}

    /// Puts the checksum into the last bytes of a page that will lie at `filePosition`.
    ///
    /// @param page all of it, from its position on
    static int seal(ByteBuffer page, long filePosition, SegmentChecksum checksum) {
        int at = page.position();
        int crc = checksum.of(filePosition, page.slice(at, PAGE_BODY_BYTES));
        page.putInt(at + PAGE_BODY_BYTES, crc);
        return crc;
    }

    /// @throws SegmentDamagedException if a page is not what was sealed
    static void check(
            ByteBuffer page, Path file, long filePosition, String what, SegmentChecksum checksum)
            throws SegmentDamagedException {
        int expected = page.getInt(PAGE_BODY_BYTES);
        int actual = checksum.of(filePosition, page.slice(0, PAGE_BODY_BYTES));
        if (expected != actual) {
            throw SegmentDamagedException.crc(file, filePosition, what, expected, actual);
        }
    }

    /// Returns the header page, not sealed.
    static ByteBuffer encode(SegmentHeader header) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.putLong(MAGIC).putInt(VERSION).putInt(header.compressed() ? FLAG_COMPRESSED : 0);
        page.putInt(header.level()).putInt(header.blockBytes());
        page.putLong(header.logId()).putLong(header.writerEpoch());
        page.putLong(header.start()).putLong(header.end());
        return page.rewind();
    }

    /// @param page whose checksum is right
    static SegmentHeader decodeHeader(ByteBuffer page, Path file) throws SegmentDamagedException {
        require(page, file, MAGIC, "magic SILTSEGM", 0);
        if (page.getInt(8) != VERSION) {
            throw new SegmentDamagedException(
                    file,
                    8,
                    "written by another version",
                    "version " + VERSION,
                    "version " + page.getInt(8));
        }
        int flags = page.getInt(12);
        int level = page.getInt(16);
        int blockBytes = page.getInt(20);
        long start = page.getLong(40);
        long end = page.getLong(48);
        if ((flags & ~FLAG_COMPRESSED) != 0
                || !SegmentHeader.isPlausible(level, start, end, blockBytes)
                || !isZero(page, HEADER_FIELD_BYTES, PAGE_BODY_BYTES)) {
            throw new SegmentDamagedException(
                    file,
                    12,
                    "impossible header",
                    "one that this version writes",
                    "flags %x, level %d, blocks of %d bytes, positions %d to %d"
                            .formatted(flags, level, blockBytes, start, end));
        }
        return new SegmentHeader(
                level,
                start,
                end,
                page.getLong(24),
                page.getLong(32),
                flags == FLAG_COMPRESSED,
                blockBytes);
    }

    /// Returns the footer page, not sealed.
    static ByteBuffer encode(Footer footer) {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.putLong(FOOTER_MAGIC).putLong(footer.runs()).putLong(footer.dataBytes());
        page.putLong(footer.storedBytes()).putLong(footer.blocks()).putLong(footer.markPages());
        page.putLong(footer.messages());
        return page.rewind();
    }

    /// @param page whose checksum is right
    static Footer decodeFooter(ByteBuffer page, Path file, long filePosition)
            throws SegmentDamagedException {
        require(page, file, FOOTER_MAGIC, "magic SILTSEGF", filePosition);
        Footer footer =
                new Footer(
                        page.getLong(8),
                        page.getLong(16),
                        page.getLong(24),
                        page.getLong(32),
                        page.getLong(40),
                        page.getLong(48));
        boolean plausible =
                isCount(footer.runs(), filePosition)
                        && isCount(footer.storedBytes(), filePosition)
                        && isCount(footer.blocks(), filePosition)
                        && isCount(footer.markPages(), filePosition)
                        && footer.dataBytes() >= 0
                        && footer.messages() >= footer.runs()
                        && isZero(page, FOOTER_FIELD_BYTES, PAGE_BODY_BYTES);
        if (!plausible) {
            throw new SegmentDamagedException(
                    file, filePosition, "impossible footer", "one that fits the file", footer);
        }
        return footer;
    }

    /// No part has more of anything than the file has bytes.
    private static boolean isCount(long count, long fileBytes) {
        return 0 <= count && count <= fileBytes;
    }

    static void put(ByteBuffer target, Row row) {
        target.putLong(row.key()).putLong(row.base()).putLong(row.length());
        target.putLong(row.dataPosition()).putLong(row.messages());
        target.putLong(row.firstTime()).putLong(row.lastTime());
        target.putInt(row.firstMarkPage()).putInt(row.lastMarkPage()).putInt(row.markOffset());
    }

    /// @param index of the row in its page
    static Row row(ByteBuffer page, int index) {
        ByteBuffer source = page.slice(index * RUN_BYTES, RUN_BYTES);
        return new Row(
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getInt(),
                source.getInt(),
                source.getInt());
    }

    static void put(ByteBuffer target, BlockRow row) {
        target.putLong(row.dataPosition()).putLong(row.filePosition());
        target.putInt(row.crc()).putInt(row.stored() ? FLAG_STORED : 0);
    }

    /// @param index of the row in its page
    static BlockRow blockRow(ByteBuffer page, int index) {
        int at = index * BLOCK_ROW_BYTES;
        return new BlockRow(
                page.getLong(at),
                page.getLong(at + 8),
                page.getInt(at + 16),
                page.getInt(at + 20) == FLAG_STORED);
    }

    static boolean isZero(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void require(
            ByteBuffer page, Path file, long magic, String name, long filePosition)
            throws SegmentDamagedException {
        if (page.getLong(0) != magic) {
            throw new SegmentDamagedException(
                    file,
                    filePosition,
                    "not a segment",
                    name,
                    "magic %016x".formatted(page.getLong(0)));
        }
    }
}
