package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads a page index from its first entry to its size, and checks what can be checked without the frames:
/// the pages' order, and that frames leave no gaps.
///
/// Not thread-safe.
final class IndexEntries {
    /// Takes the entries in their order.
    interface Visitor {
        /// @param entryPosition file position of the entry
        /// @throws LtxDamagedException if it is not the entry that was expected
        void entry(long pgno, long frame, long frameBytes, long entryPosition)
                throws LtxDamagedException;
    }

    private final InputWindow in;
    private final PageOrder order;
    private final long framesEnd;
    private long crc;
    private long value;

    /// @param in stands at the first entry
    /// @param framesEnd file position of the six zero bytes
    /// @param crc state of the file's CRC before the first entry
    IndexEntries(InputWindow in, PageOrder order, long framesEnd, long crc) {
        this.in = in;
        this.order = order;
        this.framesEnd = framesEnd;
        this.crc = crc;
    }

    /// Reads all entries, their end and the index's size.
    ///
    /// @return state of the file's CRC behind them
    long read(Visitor visitor) throws IOException {
        long start = in.filePosition();
        long frame = LtxFormat.HEADER_BYTES;
        while (true) {
            long at = in.filePosition();
            int room = in.fill(LtxFormat.ENTRY_BYTES_MAX);
            int pgnoBytes = varint(0, room, "page number");
            long pgno = value;
            if (pgno == 0) {
                move(pgnoBytes);
                break;
            }
            int offsetBytes = varint(pgnoBytes, room, "offset");
            long offset = value;
            int length = varint(pgnoBytes + offsetBytes, room, "size") + pgnoBytes + offsetBytes;
            long size = value;
            fail(pgno < 0 ? new Wrong(at, "page number", "up to 2^32", "more") : null);
            fail(order.next(pgno, at));
            if (offset != frame) {
                throw in.damaged(
                        pgnoBytes,
                        "offset of page " + pgno + " in the page index",
                        Long.toString(frame),
                        Long.toUnsignedString(offset));
            }
            if (size < LtxFormat.PAGE_HEADER_BYTES || size > framesEnd - frame) {
                throw in.damaged(
                        pgnoBytes + offsetBytes,
                        "size of page " + pgno + " in the page index",
                        "up to " + (framesEnd - frame),
                        Long.toUnsignedString(size));
            }
            visitor.entry(pgno, frame, size, at);
            frame += size;
            move(length);
        }
        long end = in.filePosition();
        if (frame != framesEnd) {
            throw in.damaged(
                    -1,
                    "end of the page index",
                    "frames up to " + framesEnd,
                    "frames up to " + frame);
        }
        fail(order.end(end - 1));
        in.require(LtxFormat.INDEX_SIZE_BYTES, "the size of the page index");
        long size = (long) in.getInt(0) << 32 | in.getUnsignedInt(4);
        if (size != end - start) {
            throw in.damaged(
                    0,
                    "size of the page index",
                    Long.toString(end - start),
                    Long.toUnsignedString(size));
        }
        move(LtxFormat.INDEX_SIZE_BYTES);
        return crc;
    }

    private void move(int bytes) {
        crc = in.crc(crc, bytes);
        in.skip(bytes);
    }

    /// Reads the varint at `offset` into `value` and returns its bytes.
    private int varint(int offset, int room, String what) throws LtxDamagedException {
        long number = 0;
        for (int i = 0; i < LtxFormat.VARINT_BYTES_MAX; i++) {
            if (offset + i >= room) {
                throw in.damaged(
                        offset, "the file ends in the page index", "a whole entry", i + " bytes");
            }
            byte b = in.get(offset + i);
            number |= (long) (b & 0x7F) << 7 * i;
            if (b >= 0) {
                boolean longer = (b == 0 && i > 0) || (i == 9 && b > 1);
                if (longer) {
                    break;
                }
                value = number;
                return i + 1;
            }
        }
        throw in.damaged(offset, what + " in the page index", "a varint", "too long a one");
    }

    private void fail(@Nullable Wrong wrong) throws LtxDamagedException {
        if (wrong != null) {
            throw wrong.in(in.file());
        }
    }
}
