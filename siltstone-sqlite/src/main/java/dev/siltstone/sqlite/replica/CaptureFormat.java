package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalFormat;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalPosition;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a capture file: frames of one generation of the WAL, copied before SQLite may drop them, on
/// their way into a LTX file. Big-endian.
///
/// ## Header
///
/// | offset | bytes | field       | meaning                                                        |
/// |-------:|------:|-------------|----------------------------------------------------------------|
/// |      0 |     8 | magic       | `SILTCAPT`                                                     |
/// |      8 |     4 | version     | 1                                                              |
/// |     12 |     4 | crc         | CRC-32C of bytes 16 to 96                                      |
/// |     16 |     8 | txid        | the transaction that the frames belong to                      |
/// |     24 |    32 | walHeader   | of the generation, as it stands in the `-wal` file             |
/// |     56 |     8 | frame       | number of the frame before the first one here                  |
/// |     64 |     8 | checksum    | running checksum of the WAL at that place                      |
/// |     72 |     8 | pagesBefore | pages of the database at that place; 0: not known              |
/// |     80 |    16 | reserved    | 0                                                              |
///
/// ## Batch: frames that were copied together, of each page only the newest
///
/// | offset | bytes | field       | meaning                                                        |
/// |-------:|------:|-------------|----------------------------------------------------------------|
/// |      0 |     4 | crc         | CRC-32C of the batch from byte 4 on                            |
/// |      4 |     4 | frames      | how many, at least 1                                           |
/// |      8 |     8 | lastFrame   | number of the last one in the WAL                              |
/// |     16 |     8 | checksum    | running checksum of the WAL behind it                          |
/// |     24 |     8 | commitPages | pages of the database behind it; 0 if it does not end a commit |
/// |     32 | n × … | frames      | page number (4), 0 (4), page                                   |
///
/// A batch counts only with a later one (or itself) that ends a commit: a transaction may be longer than a
/// batch. What follows the last such batch was never relied on, and is cut.
final class CaptureFormat {
    static final int HEADER_BYTES = 96;
    static final int BATCH_HEADER_BYTES = 32;
    static final int FRAME_HEADER_BYTES = 8;
    static final int BATCH_BYTES_MAX = 4 << 20;

    private static final long MAGIC = 0x53494C5443415054L;
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 12;
    private static final int CRC_START = 16;
    private static final int WAL_HEADER_OFFSET = 24;

    private CaptureFormat() {}

    static ByteBuffer encode(CaptureHeader header) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        WalPosition start = header.start();
        bytes.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(header.txid().value());
        bytes.put(WalFormat.encode(start.header()));
        bytes.putLong(start.frame()).putInt(start.checksum1()).putInt(start.checksum2());
        bytes.putLong(header.pagesBefore());
        bytes.putInt(CRC_OFFSET, crc(bytes, CRC_START, HEADER_BYTES - CRC_START));
        return bytes.clear();
    }

    /// Decodes a header; `bytes` holds the first 96 bytes of the file, or all it has.
    ///
    /// @return null if it is none: the file was never relied on, or is damaged
    static @Nullable CaptureHeader decode(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES
                || bytes.getLong(0) != MAGIC
                || bytes.getInt(8) != VERSION
                || bytes.getInt(CRC_OFFSET) != crc(bytes, CRC_START, HEADER_BYTES - CRC_START)) {
            return null;
        }
        ByteBuffer wal = bytes.slice(WAL_HEADER_OFFSET, WalFormat.HEADER_BYTES);
        if (!(WalFormat.decodeHeader(wal) instanceof WalHeaderFound.Valid(WalHeader header))) {
            return null;
        }
        WalPosition start =
                new WalPosition(header, bytes.getLong(56), bytes.getInt(64), bytes.getInt(68));
        return new CaptureHeader(new Txid(bytes.getLong(16)), start, bytes.getLong(72));
    }

    static int frameBytes(int pageSize) {
        return FRAME_HEADER_BYTES + pageSize;
    }

    /// Returns how many frames one batch holds at most.
    static int framesMax(int pageSize) {
        return (BATCH_BYTES_MAX - BATCH_HEADER_BYTES) / frameBytes(pageSize);
    }

    /// Completes the header of a batch whose frames are in `batch` already, behind the room for it.
    ///
    /// @param batch all of it remaining
    static void encodeBatchHeader(ByteBuffer batch, int frames, WalPosition end, long commitPages) {
        batch.putInt(4, frames).putLong(8, end.frame());
        batch.putInt(16, end.checksum1()).putInt(20, end.checksum2()).putLong(24, commitPages);
        batch.putInt(0, crc(batch, 4, batch.limit() - 4));
    }

    static int crc(ByteBuffer bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(start, length));
        return (int) crc.getValue();
    }
}
