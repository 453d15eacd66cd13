package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;

/// The bytes of a LTX file, version 3: header, page frames, six zero bytes, page index, trailer. Everything
/// is big-endian; the magic does not tell the version.
///
/// ## Header
///
/// | offset | bytes | field            | meaning                                                          |
/// |-------:|------:|------------------|------------------------------------------------------------------|
/// |      0 |     4 | magic            | `LTX1`                                                           |
/// |      4 |     4 | flags            | 2: no database checksums; no other bits                          |
/// |      8 |     4 | pageSize         | a power of two from 512 to 65536                                 |
/// |     12 |     4 | commit           | pages of the database after the last transaction                 |
/// |     16 |     8 | min              | first transaction, at least 1; 1: a snapshot                     |
/// |     24 |     8 | max              | last transaction, at least min                                   |
/// |     32 |     8 | timestamp        | milliseconds since 1970                                          |
/// |     40 |     8 | preApplyChecksum | 0 in snapshots and without checksums, else with its highest bit  |
/// |     48 |     8 | walOffset        | 0, or where in the `-wal` file the frames began                  |
/// |     56 |     8 | walSize          | 0 if walOffset is                                                |
/// |     64 |     4 | walSalt1         | 0 if walOffset is                                                |
/// |     68 |     4 | walSalt2         | 0 if walOffset is                                                |
/// |     72 |     8 | nodeId           | 0 if nobody says                                                 |
/// |     80 |    20 | reserved         | written 0; only the file checksum looks at them                  |
///
/// ## Page frame: page numbers ascend; a snapshot has all from 1 to commit but the lock page
///
/// | offset | bytes | field | meaning                                                                     |
/// |-------:|------:|-------|-----------------------------------------------------------------------------|
/// |      0 |     4 | pgno  | 1 to commit, never the lock page                                            |
/// |      4 |     2 | flags | 1: block form (a size and a LZ4 block follow); 0: a LZ4 frame follows       |
/// |      6 |     4 | size  | block form only: bytes of the block, at most what LZ4 makes of a page       |
/// |     10 |     n | data  | the page, compressed; in the older form from offset 6, up to the frame's end |
///
/// Block form is what we write, and Litestream from 0.5.16 on; the older form is read as well. Six zero bytes
/// end the frames.
///
/// ## Page index: directly behind the zeros
///
/// | bytes  | field  | meaning                                                                         |
/// |-------:|--------|---------------------------------------------------------------------------------|
/// | 1 to 5 | pgno   | varint (7 bits a byte, lowest first, highest bit: more follow); ascending        |
/// | 1 to 9 | offset | varint: file position of the frame                                              |
/// | 1 to 3 | size   | varint: bytes of the frame, its header included                                 |
/// |      … |        | one such entry per frame, in their order; frames leave no gaps                  |
/// |      1 | end    | 0                                                                               |
/// |      8 | size   | bytes of the entries and of `end`                                               |
///
/// ## Trailer
///
/// | offset | bytes | field             | meaning                                                         |
/// |-------:|------:|-------------------|-----------------------------------------------------------------|
/// |      0 |     8 | postApplyChecksum | 0 without checksums; highest bit alone for a database of 0 pages |
/// |      8 |     8 | fileChecksum      | highest bit, and CRC-64 of all before, pages *decompressed*     |
///
/// The file checksum covers neither how a page was compressed nor, in the older form, how long it became
/// (the index says that); so another encoder's block passes if it yields the same page.
///
/// A database without pages (commit 0) can only be written with checksums: the trailer must then say that
/// there are none, and without checksums it must say 0, which programs that read such files refuse.
///
/// @see <a href="https://github.com/superfly/ltx">the format's own description</a>
public final class LtxFormat {
    public static final int HEADER_BYTES = 100;
    public static final int TRAILER_BYTES = 16;
    public static final int PAGE_BYTES_MIN = 512;
    public static final int PAGE_BYTES_MAX = 65536;

    /// Header flag: the file carries no database checksums.
    public static final int FLAG_NO_CHECKSUM = 2;

    static final int MAGIC = 0x4C545831;
    static final int PAGE_HEADER_BYTES = 6;
    static final int SIZE_BYTES = 4;
    static final int BLOCK_HEADER_BYTES = PAGE_HEADER_BYTES + SIZE_BYTES;
    static final int PAGE_FLAG_BLOCK = 1;
    static final int INDEX_SIZE_BYTES = 8;
    static final int VARINT_BYTES_MAX = 10;
    static final int ENTRY_BYTES_MAX = 3 * VARINT_BYTES_MAX;

    /// Bytes of the smallest file: no pages, and an index that is nothing but its end.
    static final int FILE_BYTES_MIN =
            HEADER_BYTES + PAGE_HEADER_BYTES + 1 + INDEX_SIZE_BYTES + TRAILER_BYTES;

    private static final long LOCK_BYTE = 0x40000000;

    private LtxFormat() {}

    /// Says whether SQLite has pages of that many bytes.
    public static boolean isPageSize(long bytes) {
        return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && Long.bitCount(bytes) == 1;
    }

    /// Returns the page that holds SQLite's lock bytes, at 1 GiB. It is never in a file, and zeros in a
    /// restored database.
    public static long lockPage(int pageSize) {
        return LOCK_BYTE / pageSize + 1;
    }

    /// Returns the most bytes that LZ4 makes of a page.
    static int blockBytesMax(int pageSize) {
        return pageSize + pageSize / 255 + 16;
    }

    /// Returns the 100 bytes of a header.
    ///
    /// @throws IllegalArgumentException if it is not possible
    public static ByteBuffer encode(LtxHeader header) {
        header.wrong()
                .ifPresent(wrong -> {
                    throw new IllegalArgumentException(
                            "%s: expected %s, found %s"
                                    .formatted(wrong.reason(), wrong.expected(), wrong.actual()));
                });
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.putInt(MAGIC).putInt(header.flags()).putInt(header.pageSize());
        bytes.putInt((int) header.commit());
        bytes.putLong(header.min().value()).putLong(header.max().value());
        bytes.putLong(header.timestampMillis()).putLong(header.preApplyChecksum());
        bytes.putLong(header.walOffset()).putLong(header.walSize());
        bytes.putInt(header.walSalt1()).putInt(header.walSalt2()).putLong(header.nodeId());
        return bytes.clear();
    }

    /// Decodes a header; only its magic and length are checked, see [LtxHeader#check(String)].
    ///
    /// @param file whose header this is, for the message
    /// @param bytes the file's first 100 bytes, or all it has
    /// @throws LtxDamagedException if this is no LTX file
    public static LtxHeader decodeHeader(String file, ByteBuffer bytes) throws LtxDamagedException {
        if (bytes.remaining() < HEADER_BYTES) {
            throw new LtxDamagedException(
                    file,
                    bytes.remaining(),
                    "the file ends in its header",
                    HEADER_BYTES + " bytes",
                    bytes.remaining() + " bytes");
        }
        ByteBuffer header = bytes.slice();
        if (header.getInt(0) != MAGIC) {
            String actual = "%08x".formatted(header.getInt(0));
            throw new LtxDamagedException(
                    file, 0, "no LTX file", "magic %08x".formatted(MAGIC), actual);
        }
        return new LtxHeader(
                header.getInt(4),
                header.getInt(8),
                Integer.toUnsignedLong(header.getInt(12)),
                new Txid(header.getLong(16)),
                new Txid(header.getLong(24)),
                header.getLong(32),
                header.getLong(40),
                header.getLong(48),
                header.getLong(56),
                header.getInt(64),
                header.getInt(68),
                header.getLong(72));
    }

    static ByteBuffer encode(LtxTrailer trailer) {
        ByteBuffer bytes = ByteBuffer.allocate(TRAILER_BYTES);
        return bytes.putLong(trailer.postApplyChecksum()).putLong(trailer.fileChecksum()).flip();
    }

    static LtxTrailer decodeTrailer(ByteBuffer bytes, int at) {
        return new LtxTrailer(bytes.getLong(at), bytes.getLong(at + 8));
    }

    static void putVarint(ByteBuffer bytes, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }
}
