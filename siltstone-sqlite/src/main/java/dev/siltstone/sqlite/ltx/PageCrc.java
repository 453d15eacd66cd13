package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// CRCs over pages of one size: each page is walked over once, however many CRCs it belongs to.
///
/// Thread-safe.
final class PageCrc {
    private static final AtomicReferenceArray<@Nullable PageCrc> BY_SIZE =
            new AtomicReferenceArray<>(Integer.SIZE);

    private final int pageSize;

    /// `shift[i << 8 | b]`: what byte i of a state, being b, becomes after a page of zeros.
    private final long[] shift = new long[8 * 256];

    private PageCrc(int pageSize) {
        this.pageSize = pageSize;
        for (int i = 0; i < 8; i++) {
            for (int b = 0; b < 256; b++) {
                shift[i << 8 | b] = Crc64.shift((long) b << 8 * i, pageSize);
            }
        }
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

    /// Returns the state after a page's bytes, begun with 0.
    long raw(ByteBuffer page, int from) {
        return Crc64.update(0, page, from, pageSize);
    }

    /// Adds a page to a CRC.
    ///
    /// @param raw of the page
    long update(long state, long raw) {
        return shift[(int) state & 0xFF]
                ^ shift[1 << 8 | (int) (state >>> 8) & 0xFF]
                ^ shift[2 << 8 | (int) (state >>> 16) & 0xFF]
                ^ shift[3 << 8 | (int) (state >>> 24) & 0xFF]
                ^ shift[4 << 8 | (int) (state >>> 32) & 0xFF]
                ^ shift[5 << 8 | (int) (state >>> 40) & 0xFF]
                ^ shift[6 << 8 | (int) (state >>> 48) & 0xFF]
                ^ shift[7 << 8 | (int) (state >>> 56)]
                ^ raw;
    }

    /// Returns the checksum of a page.
    ///
    /// @param raw of the page
    long checksum(long pgno, long raw) {
        long state = Crc64.updateBigEndian(Crc64.START, pgno, 4);
        return PageChecksum.FLAG | Crc64.value(update(state, raw));
    }
}
