package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// CRCs over pages of one size: each page is walked over once, however many CRCs it belongs to.
///
/// Thread-safe.
final class PageCrc {
    private static final AtomicReferenceArray<@Nullable PageCrc> BY_SIZE =
            new AtomicReferenceArray<>(Integer.SIZE);

    private final int pageSize;

    private final long[] afterPage;
    private final long[] afterQuarter;

    private PageCrc(int pageSize) {
        this.pageSize = pageSize;
        this.afterPage = shiftTable(pageSize);
        this.afterQuarter = shiftTable(pageSize / 4);
    }

    /// Returns a table whose element `i << 8 | b` is what byte i of a state, being b, becomes after that many
    /// zero bytes.
    private static long[] shiftTable(int bytes) {
        long[] table = new long[8 * 256];
        for (int i = 0; i < 8; i++) {
            for (int b = 0; b < 256; b++) {
                table[i << 8 | b] = Crc64.shift((long) b << 8 * i, bytes);
            }
        }
        return table;
    }

    /// @param pageSize a power of two
    static PageCrc of(int pageSize) {
        int log = Integer.numberOfTrailingZeros(pageSize);
        PageCrc known = BY_SIZE.get(log);
        if (known == null) {
            known = new PageCrc(pageSize);
            BY_SIZE.set(log, known);
        }
        return known;
    }

    /// Returns the state after a page's bytes, begun with 0. The page's quarters are walked over at the same
    /// time, because within each one step waits for the one before.
    ///
    /// @param page a direct buffer, or one with an array
    long raw(ByteBuffer page, int from) {
        return page.hasArray()
                ? raw(page.array(), page.arrayOffset() + from)
                : rawDirect(page.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN), from);
    }

    private long raw(byte[] page, int from) {
        int quarter = pageSize / 4;
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int at = from; at < from + quarter; at += 8) {
            a = Crc64.eight(a ^ Crc64.word(page, at));
            b = Crc64.eight(b ^ Crc64.word(page, at + quarter));
            c = Crc64.eight(c ^ Crc64.word(page, at + 2 * quarter));
            d = Crc64.eight(d ^ Crc64.word(page, at + 3 * quarter));
        }
        return joined(a, b, c, d);
    }

    private long rawDirect(ByteBuffer page, int from) {
        int quarter = pageSize / 4;
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int at = from; at < from + quarter; at += 8) {
            a = Crc64.eight(a ^ page.getLong(at));
            b = Crc64.eight(b ^ page.getLong(at + quarter));
            c = Crc64.eight(c ^ page.getLong(at + 2 * quarter));
            d = Crc64.eight(d ^ page.getLong(at + 3 * quarter));
        }
        return joined(a, b, c, d);
    }

    private long joined(long a, long b, long c, long d) {
        long half = shift(afterQuarter, a) ^ b;
        return shift(afterQuarter, shift(afterQuarter, half) ^ c) ^ d;
    }

    /// Adds a page to a CRC.
    ///
    /// @param raw of the page
    long update(long state, long raw) {
        return shift(afterPage, state) ^ raw;
    }

    private static long shift(long[] table, long state) {
        return table[(int) state & 0xFF]
                ^ table[1 << 8 | (int) (state >>> 8) & 0xFF]
                ^ table[2 << 8 | (int) (state >>> 16) & 0xFF]
                ^ table[3 << 8 | (int) (state >>> 24) & 0xFF]
                ^ table[4 << 8 | (int) (state >>> 32) & 0xFF]
                ^ table[5 << 8 | (int) (state >>> 40) & 0xFF]
                ^ table[6 << 8 | (int) (state >>> 48) & 0xFF]
                ^ table[7 << 8 | (int) (state >>> 56)];
    }

    /// Returns the checksum of a page.
    ///
    /// @param raw of the page
    long checksum(long pgno, long raw) {
        long state = Crc64.updateBigEndian(Crc64.START, pgno, 4);
        return PageChecksum.FLAG | Crc64.value(update(state, raw));
    }
}
