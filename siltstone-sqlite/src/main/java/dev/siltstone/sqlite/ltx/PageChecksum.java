package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;

/// The checksum of one page: highest bit, and CRC-64 of its number (32 bits, big-endian) and its bytes.
public final class PageChecksum {
    /// The bit that every checksum has, so that none is 0.
    public static final long FLAG = 1L << 63;

    private PageChecksum() {}

    /// Returns the checksum of a page.
    ///
    /// @param page its bytes, all remaining, which stay remaining; as many as a page has. Not a read-only
    ///     buffer of an array
    public static long of(long pgno, ByteBuffer page) {
        if (!LtxFormat.isPageSize(page.remaining())) {
            throw new IllegalArgumentException("a page of " + page.remaining() + " bytes");
        }
        PageCrc crc = PageCrc.of(page.remaining());
        return crc.checksum(pgno, crc.raw(page, page.position()));
    }

    /// Returns a checksum as 16 lower hexadecimal digits.
    public static String text(long checksum) {
        return "%016x".formatted(checksum);
    }
}
