package dev.siltstone.layer.directory;

import dev.siltstone.layer.Digest;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of the known frames: which frames the last push of a directory was made of, in its order. Notes of the
/// change cache beside it count its rows from 0. Local to one machine; losing it costs reads, never bytes. Everything is
/// big-endian.
///
/// ## Header
///
/// | offset | bytes | field    | meaning                                                     |
/// |-------:|------:|----------|-------------------------------------------------------------|
/// |      0 |     8 | magic    | `SILTFRMS`                                                  |
/// |      8 |     4 | version  | 1                                                           |
/// |     12 |     4 | reserved | 0                                                           |
/// |     16 |     8 | rows     | their number                                                |
/// |     24 |    32 | identity | of the layer that was pushed                                |
/// |     56 |     4 | reserved | 0                                                           |
/// |     60 |     4 | crc32c   | of bytes 0 to 60                                            |
///
/// Then blocks of [#BLOCK_ROWS] rows, each followed by the CRC-32C of its bytes (4); the last is filled up with zeros.
///
/// ## Row
///
/// | offset | bytes | field      | meaning                                                                  |
/// |-------:|------:|------------|--------------------------------------------------------------------------|
/// |      0 |    32 | digest     | SHA-256 of the frame                                                     |
/// |     32 |     4 | rawBytes   | of it                                                                    |
/// |     36 |     4 | entries    | that begin in it; 0 for data of a large file                             |
/// |     40 |     8 | repeat     | how often it stands there                                                |
/// |     48 |     8 | dataFrames | rows behind it that are the data of its last entry                       |
///
/// ## Note of the change cache
///
/// | bits     | meaning                                                     |
/// |----------|-------------------------------------------------------------|
/// | 0 to 11  | header blocks of 512 bytes of the entry, 1 to 2048          |
/// | 12 to 62 | row of the run that the entry is in                         |
final class KnownFramesFormat {
    static final long MAGIC = 0x53494C5446524D53L;
    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int ROW_BYTES = 56;
    static final int BLOCK_ROWS = 1024;
    static final int BLOCK_BYTES = BLOCK_ROWS * ROW_BYTES + 4;

    private static final int IDENTITY = 24;
    private static final int HEADER_CRC = 60;
    private static final int NOTE_BLOCK_BITS = 12;
    private static final int TAR_BLOCK = 512;

    private KnownFramesFormat() {}

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static ByteBuffer header(long rows, Digest identity) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(rows).put(identity.toBytes());
        header.putInt(HEADER_CRC, crc(header.slice(0, HEADER_CRC)));
        return header.clear();
    }

    static boolean isHeader(ByteBuffer header) {
        return header.remaining() == HEADER_BYTES
                && header.getLong(0) == MAGIC
                && header.getInt(8) == VERSION
                && header.getInt(HEADER_CRC) == crc(header.slice(0, HEADER_CRC));
    }

    static long rows(ByteBuffer header) {
        return header.getLong(16);
    }

    static Digest identity(ByteBuffer header) {
        byte[] identity = new byte[Digest.BYTES];
        header.get(IDENTITY, identity);
        return Digest.of(identity);
    }

    /// Returns where in the file the block of a row begins.
    static long blockPosition(long row) {
        return HEADER_BYTES + row / BLOCK_ROWS * BLOCK_BYTES;
    }

    static void encode(KnownFrame frame, ByteBuffer to) {
        to.put(frame.digest().toBytes()).putInt(frame.rawBytes()).putInt(frame.entries());
        to.putLong(frame.repeat()).putLong(frame.dataFrames());
    }

    /// Decodes a row of a block whose checksum was right.
    ///
    /// @return `null` if it makes no sense
    static @Nullable KnownFrame decode(ByteBuffer block, int row) {
        ByteBuffer from = block.slice(row * ROW_BYTES, ROW_BYTES);
        byte[] digest = new byte[Digest.BYTES];
        from.get(digest);
        KnownFrame frame =
                new KnownFrame(
                        Digest.of(digest),
                        from.getInt(),
                        from.getInt(),
                        from.getLong(),
                        from.getLong());
        boolean possible =
                frame.rawBytes() > 0
                        && frame.entries() >= 0
                        && frame.repeat() > 0
                        && frame.dataFrames() >= 0;
        return possible ? frame : null;
    }

    static long note(long row, int headerBytes) {
        return row << NOTE_BLOCK_BITS | headerBytes / TAR_BLOCK;
    }

    static int headerBytes(long note) {
        return (int) (note & (1 << NOTE_BLOCK_BITS) - 1) * TAR_BLOCK;
    }

    static long row(long note) {
        return note >>> NOTE_BLOCK_BITS;
    }
}
