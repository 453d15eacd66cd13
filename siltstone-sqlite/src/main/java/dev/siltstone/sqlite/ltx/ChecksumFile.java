package dev.siltstone.sqlite.ltx;

import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.FileMapping;
import dev.siltstone.io.RealDisk;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Keeps the checksum of every page of a database in a mapped file beside it, so that the checksum of all
/// follows from the pages that changed.
///
/// The file is a help, not a truth: only after a clean [#close()] is it believed, and only if its sum still is
/// what it was. In every other case it says [#mustBeRebuilt()], and the caller reads the whole database.
///
/// | offset | bytes | field    | meaning                                                              |
/// |-------:|------:|----------|----------------------------------------------------------------------|
/// |      0 |     8 | magic    | `SILTPSUM`                                                           |
/// |      8 |     4 | version  | 1                                                                    |
/// |     12 |     4 | pageSize | bytes of a page                                                      |
/// |     16 |     8 | txid     | the transaction after which the database had these checksums         |
/// |     24 |     8 | commit   | pages of the database                                                |
/// |     32 |     8 | checksum | of the database                                                      |
/// |     40 |     4 | clean    | 1: closed cleanly; 0: somebody has it open, or died                  |
/// |     44 |    12 | reserved | 0                                                                    |
/// |     56 |     8 | crc      | CRC-64 of bytes 0 to 56                                              |
/// |     64 | 8 × n | pages    | checksum of page 1 and on; 0: not known, or the lock page            |
///
/// States: `open` finds the file clean and right → *usable*, else *to be rebuilt*. Either is marked unclean on
/// disk, and forced, before the first checksum changes; `close` forces the checksums, then the mark. `rebuild`
/// forgets all checksums.
///
/// Not thread-safe.
public final class ChecksumFile implements Closeable {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final long MAGIC = 0x53494C545053554DL;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 64;
    private static final int CRC_OFFSET = 56;
    private static final int GROWTH_BYTES = 64 << 10;

    private final DiskFile file;
    private final int pageSize;
    private final long lockPage;
    private Arena arena = Arena.ofShared();
    private MemorySegment mapped = MemorySegment.NULL;
    private long capacity;
    private boolean usable;
    private boolean marked;
    private boolean released;
    private Txid txid = Txid.ZERO;
    private long commit;
    private long sum;
    private long known;
    private long highestSet;

    private ChecksumFile(DiskFile file, int pageSize) {
        this.file = file;
        this.pageSize = pageSize;
        this.lockPage = LtxFormat.lockPage(pageSize);
    }

    /// Opens the file, or creates it. If it is not clean and right, it is to be rebuilt; nothing in it changes
    /// yet.
    ///
    /// @param pageSize of the database; a file for another one is to be rebuilt
    /// @throws IOException if it cannot be read or created
    public static ChecksumFile open(RealDisk disk, Path path, int pageSize) throws IOException {
        if (!LtxFormat.isPageSize(pageSize)) {
            throw new IllegalArgumentException("page size " + pageSize);
        }
        DiskFile file = disk.exists(path) ? disk.open(path) : disk.create(path);
        ChecksumFile opened = new ChecksumFile(file, pageSize);
        try {
            opened.load();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.release();
            throw e;
        }
    }

    /// Says whether what was kept is of no use: [#rebuild()], and then every page, before anything else.
    public boolean mustBeRebuilt() {
        return !usable;
    }

    /// Returns the transaction after which the database has this checksum; zero if nobody said.
    public Txid txid() {
        return txid;
    }

    /// Returns the database's pages.
    public long commit() {
        return commit;
    }

    /// Says whether the checksums of all pages are known.
    public boolean isComplete() {
        return known == commit - (lockPage <= commit ? 1 : 0);
    }

    /// Returns the database's checksum.
    ///
    /// @throws IllegalStateException if a page's checksum is not known
    public long checksum() {
        if (!usable || !isComplete()) {
            throw new IllegalStateException(
                    "%s knows %d of %d pages".formatted(file, known, commit));
        }
        return sum | PageChecksum.FLAG;
    }

    /// Returns a page's checksum; 0 if it is not known, beyond the database, or the lock page.
    public long page(long pgno) {
        return pgno >= 1 && pgno <= capacity ? mapped.get(LONG, offset(pgno)) : 0;
    }

    /// Forgets all checksums: a database without pages, which the caller then fills.
    public void rebuild() throws IOException {
        mark();
        mapped.asSlice(HEADER_BYTES, capacity * Long.BYTES).fill((byte) 0);
        usable = true;
        highestSet = 0;
        txid = Txid.ZERO;
        commit = 0;
        sum = 0;
        known = 0;
    }

    /// Sets a page's checksum; the lock page's is ignored. Pages beyond the commit may be set before
    /// [#advance] makes them part of the database.
    ///
    /// @throws IOException if the file cannot grow; nothing changed
    public void set(long pgno, long pageChecksum) throws IOException {
        if (!usable) {
            throw new IllegalStateException(file + " must be rebuilt first");
        }
        if (pgno < 1 || pgno > 0xFFFFFFFFL || (pageChecksum & PageChecksum.FLAG) == 0) {
            throw new IllegalArgumentException(
                    "page %d, checksum %s".formatted(pgno, PageChecksum.text(pageChecksum)));
        }
        if (pgno == lockPage) {
            return;
        }
        mark();
        if (pgno > capacity) {
            grow(pgno);
        }
        long before = mapped.get(LONG, offset(pgno));
        mapped.set(LONG, offset(pgno), pageChecksum);
        sum ^= before ^ pageChecksum;
        highestSet = Math.max(highestSet, pgno);
        if (before == 0) {
            known++;
        }
    }

    /// Says that the pages set so far belong to that transaction, and how many pages the database has after
    /// it. Pages beyond are forgotten.
    public void advance(Txid to, long pages) throws IOException {
        if (!usable) {
            throw new IllegalStateException(file + " must be rebuilt first");
        }
        mark();
        for (long pgno = pages + 1; pgno <= Math.max(commit, highestSet); pgno++) {
            long before = page(pgno);
            if (before != 0) {
                mapped.set(LONG, offset(pgno), 0L);
                sum ^= before;
                known--;
            }
        }
        txid = to;
        commit = pages;
        highestSet = 0;
    }

    private void load() throws IOException {
        long length = file.size();
        capacity = Math.max(0, (length - HEADER_BYTES) / Long.BYTES);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (length < HEADER_BYTES) {
            file.write(header, 0);
            file.force();
            capacity = 0;
        } else {
            file.read(header, 0);
        }
        map();
        header.clear();
        long crc = Crc64.value(Crc64.update(Crc64.START, header, 0, CRC_OFFSET));
        boolean clean =
                header.getLong(0) == MAGIC
                        && header.getInt(8) == VERSION
                        && header.getInt(12) == pageSize
                        && header.getInt(40) == 1
                        && header.getLong(CRC_OFFSET) == crc
                        && header.getLong(24) <= capacity;
        if (!clean) {
            return;
        }
        commit = header.getLong(24);
        for (long pgno = 1; pgno <= commit; pgno++) {
            long checksum = page(pgno);
            sum ^= checksum;
            known += checksum == 0 ? 0 : 1;
        }
        usable = (sum | PageChecksum.FLAG) == header.getLong(32) && isComplete();
        txid = new Txid(header.getLong(16));
    }

    private void map() throws IOException {
        arena.close();
        arena = Arena.ofShared();
        mapped = FileMapping.map(file.path(), HEADER_BYTES + capacity * Long.BYTES, arena);
    }

    /// Marks the file unclean, on disk, before the first change.
    private void mark() throws IOException {
        if (!marked) {
            writeHeader(0);
            marked = true;
        }
    }

    private void writeHeader(int clean) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(pageSize);
        header.putLong(txid.value()).putLong(commit).putLong(sum | PageChecksum.FLAG);
        header.putInt(clean);
        header.putLong(
                CRC_OFFSET, Crc64.value(Crc64.update(Crc64.START, header.array(), 0, CRC_OFFSET)));
        file.write(header.clear(), 0);
        file.force();
    }

    /// Grows by a quarter at least. The space is written, not just promised: a mapped page without space would
    /// be an error that nobody can catch.
    private void grow(long pgno) throws IOException {
        long wanted = Math.max(pgno, capacity + capacity / 4) * Long.BYTES;
        long bytes = (wanted / GROWTH_BYTES + 1) * GROWTH_BYTES;
        ByteBuffer zeros = ByteBuffer.allocate(GROWTH_BYTES);
        for (long at = capacity * Long.BYTES; at < bytes; ) {
            int length = (int) Math.min(GROWTH_BYTES, bytes - at);
            file.write(zeros.clear().limit(length), HEADER_BYTES + at);
            at += length;
        }
        capacity = bytes / Long.BYTES;
        map();
    }

    private static long offset(long pgno) {
        return HEADER_BYTES + (pgno - 1) * Long.BYTES;
    }

    /// Closes the file; if nothing was half done, it is clean and can be used again.
    ///
    /// @throws IOException if it cannot be forced: it must be rebuilt then
    @Override
    public void close() throws IOException {
        try {
            if (!released && usable && marked && isComplete()) {
                mapped.force();
                file.force();
                writeHeader(1);
            }
        } finally {
            release();
        }
    }

    /// Closes the file and leaves it unclean.
    public void abandon() throws IOException {
        release();
    }

    private void release() throws IOException {
        if (!released) {
            released = true;
            arena.close();
            file.close();
        }
    }
}
