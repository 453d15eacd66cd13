package dev.siltstone.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Bytes of `catalog.sums`: a CRC-32C of each page of `catalog.db`, as it is once the part of the WAL that is named
/// here was copied into it. Big-endian.
///
/// | offset | bytes | field    | meaning                                                                     |
/// |-------:|------:|----------|-----------------------------------------------------------------------------|
/// |      0 |     8 | magic    | "SILTSUMS"                                                                  |
/// |      8 |     4 | version  | 1                                                                           |
/// |     12 |     4 | pageSize | bytes of a page                                                             |
/// |     16 |     8 | pages    | their number, n                                                             |
/// |     24 |   4,4 | salts    | of the WAL's generation; 0 0 if there was none yet                          |
/// |     32 |     8 | frames   | of that generation that these sums contain, f                               |
/// |     40 |   4,4 | chain    | checksum that stands in frame f                                             |
/// |     48 |    12 | reserved | 0                                                                           |
/// |     60 |     4 | crc32c   | of bytes 0 to 60                                                            |
/// |     64 |   4 n | sums     | of page 1, 2, …                                                             |
/// |      … |     4 | crc32c   | of the sums                                                                 |
/// |      … |     4 | magic    | "SUMS"                                                                      |
final class CatalogSumsFormat {
    static final int HEADER_BYTES = 64;
    static final int FOOTER_BYTES = 8;

    private static final long MAGIC = 0x53494C5453554D53L; // SILTSUMS
    private static final int FOOTER_MAGIC = 0x53554D53; // SUMS
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 60;
    private static final long PAGES_MAX = 1 << 28;

    /// @param wal what of the WAL is in the sums
    record Sums(int pageSize, int[] pages, WalPart wal) {}

    /// The first frames of one generation of a WAL.
    record WalPart(int salt1, int salt2, long frames, int checksum1, int checksum2) {
        static final WalPart NONE = new WalPart(0, 0, 0, 0, 0);
    }

    private CatalogSumsFormat() {}

    static ByteBuffer encode(Sums sums) {
        int[] pages = sums.pages();
        ByteBuffer bytes =
                ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES * pages.length + FOOTER_BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(sums.pageSize()).putLong(pages.length);
        WalPart wal = sums.wal();
        bytes.putInt(wal.salt1()).putInt(wal.salt2()).putLong(wal.frames());
        bytes.putInt(wal.checksum1()).putInt(wal.checksum2());
        bytes.position(CRC_OFFSET).putInt(crc(bytes, 0, CRC_OFFSET));
        bytes.slice(HEADER_BYTES, Integer.BYTES * pages.length).asIntBuffer().put(pages);
        int footer = HEADER_BYTES + Integer.BYTES * pages.length;
        bytes.position(footer).putInt(crc(bytes, HEADER_BYTES, footer)).putInt(FOOTER_MAGIC);
        return bytes.flip();
    }

    /// Reads a whole file.
    ///
    /// @throws CatalogBytesException if it is not what was written
    static Sums decode(ByteBuffer file) throws CatalogBytesException {
        ByteBuffer bytes = file.slice();
        require(bytes.remaining() >= HEADER_BYTES + FOOTER_BYTES, "is shorter than its header");
        require(bytes.getLong(0) == MAGIC, "does not begin with SILTSUMS");
        requireCrc("its header", bytes.getInt(CRC_OFFSET), crc(bytes, 0, CRC_OFFSET));
        require(
                bytes.getInt(8) == VERSION,
                "has version %d; this program reads version %d"
                        .formatted(bytes.getInt(8), VERSION));
        long count = bytes.getLong(16);
        require(count >= 1 && count <= PAGES_MAX, "tells of " + count + " pages");
        long expectedBytes = HEADER_BYTES + Integer.BYTES * count + FOOTER_BYTES;
        require(
                bytes.remaining() == expectedBytes,
                "has %d bytes where its header tells of %d"
                        .formatted(bytes.remaining(), expectedBytes));
        int footer = (int) expectedBytes - FOOTER_BYTES;
        requireCrc("the sums", bytes.getInt(footer), crc(bytes, HEADER_BYTES, footer));
        require(bytes.getInt(footer + 4) == FOOTER_MAGIC, "does not end with SUMS");
        int[] pages = new int[(int) count];
        bytes.slice(HEADER_BYTES, footer - HEADER_BYTES).asIntBuffer().get(pages);
        WalPart wal =
                new WalPart(
                        bytes.getInt(24),
                        bytes.getInt(28),
                        bytes.getLong(32),
                        bytes.getInt(40),
                        bytes.getInt(44));
        return new Sums(bytes.getInt(12), pages, wal);
    }

    /// Returns the sum of one page.
    static int sum(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate());
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer bytes, int from, int to) {
        return sum(bytes.duplicate().limit(to).position(from));
    }

    private static void requireCrc(String what, int expected, int actual)
            throws CatalogBytesException {
        require(
                expected == actual,
                "%s: crc32c expected %08x, actual %08x".formatted(what, expected, actual));
    }

    private static void require(boolean right, String otherwise) throws CatalogBytesException {
        if (!right) {
            throw new CatalogBytesException(otherwise);
        }
    }
}
