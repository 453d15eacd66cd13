package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;

/// The checksum of a database: highest bit, and all its pages' checksums added (exclusive or). The lock page
/// does not count. Pages may come in any order, and one page's old checksum can be exchanged for its new one.
///
/// Not thread-safe.
public final class DatabaseChecksum {
    private final long lockPage;
    private long sum;

    /// The checksum of a database without pages.
    public DatabaseChecksum(int pageSize) {
        this(pageSize, 0);
    }

    /// Goes on from a known checksum.
    public DatabaseChecksum(int pageSize, long value) {
        this.lockPage = LtxFormat.lockPage(pageSize);
        this.sum = value;
    }

    /// Adds a page, or takes it away again.
    public void toggle(long pgno, long pageChecksum) {
        if (pgno != lockPage) {
            sum ^= pageChecksum;
        }
    }

    /// Adds a page.
    ///
    /// @param page its bytes, all remaining, which stay remaining
    public void add(long pgno, ByteBuffer page) {
        if (pgno != lockPage) {
            sum ^= PageChecksum.of(pgno, page);
        }
    }

    /// Exchanges a page's checksum.
    public void replace(long pgno, long before, long after) {
        toggle(pgno, before);
        toggle(pgno, after);
    }

    public long value() {
        return sum | PageChecksum.FLAG;
    }

    @Override
    public String toString() {
        return PageChecksum.text(value());
    }
}
