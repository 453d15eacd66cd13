package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Decodes page frames one after the other, in both encodings, and walks over each page's bytes once.
///
/// Not thread-safe.
final class FrameDecoder {
    private final LzFrame lzFrame = new LzFrame();
    private final int pageSize;
    private final PageCrc crc;

    private long pgno;
    private long rawCrc;
    private long filePosition;
    private int headBytes;
    private int blockAt;
    private int blockBytes;
    private long frameBytes;

    FrameDecoder(int pageSize) {
        this.pageSize = pageSize;
        this.crc = PageCrc.of(pageSize);
    }

    /// Decodes the next frame and moves `in` behind it.
    ///
    /// @param target gets the page at `targetAt`
    /// @return false if the six zero bytes came instead, and were not moved over
    boolean next(InputWindow in, ByteBuffer target, int targetAt) throws IOException {
        in.require(LtxFormat.PAGE_HEADER_BYTES, "a page header");
        pgno = in.getUnsignedInt(0);
        int flags = in.getShort(4);
        if (pgno == 0 && flags == 0) {
            return false;
        }
        if (pgno == 0) {
            throw in.damaged(0, "page number", "at least 1", "0");
        }
        filePosition = in.filePosition();
        if (flags == LtxFormat.PAGE_FLAG_BLOCK) {
            readBlock(in, target, targetAt);
        } else if (flags == 0) {
            headBytes = LtxFormat.PAGE_HEADER_BYTES;
            blockBytes = 0;
            in.skip(headBytes);
            lzFrame.read(in, target, targetAt, pageSize);
        } else {
            throw in.damaged(4, "flags of a page", "0 or 1", "%04x".formatted(flags));
        }
        frameBytes = in.filePosition() - filePosition;
        rawCrc = crc.raw(target, targetAt);
        return true;
    }

    private void readBlock(InputWindow in, ByteBuffer target, int targetAt) throws IOException {
        headBytes = LtxFormat.BLOCK_HEADER_BYTES;
        in.require(headBytes, "a page header");
        long size = in.getUnsignedInt(LtxFormat.PAGE_HEADER_BYTES);
        int sizeMax = LtxFormat.blockBytesMax(pageSize);
        if (size < 1 || size > sizeMax) {
            throw in.damaged(
                    LtxFormat.PAGE_HEADER_BYTES,
                    "size of a page's block",
                    "1 to " + sizeMax,
                    Long.toString(size));
        }
        blockBytes = (int) size;
        in.require(headBytes + blockBytes, "a page");
        int decoded = LzBlock.decompress(in, headBytes, blockBytes, target, targetAt, pageSize);
        if (decoded != pageSize) {
            throw in.damaged(
                    headBytes, "length of a page", pageSize + " bytes", decoded + " bytes");
        }
        blockAt = in.at() + headBytes;
        in.skip(headBytes + blockBytes);
    }

    long pgno() {
        return pgno;
    }

    /// Returns the frame's file position.
    long filePosition() {
        return filePosition;
    }

    long frameBytes() {
        return frameBytes;
    }

    long rawCrc() {
        return rawCrc;
    }

    long pageChecksum() {
        return crc.checksum(pgno, rawCrc);
    }

    /// Returns how many bytes of the file's content this frame is: its page decompressed.
    long contentBytes() {
        return headBytes + pageSize;
    }

    /// Adds the frame to the CRC of the file's content.
    long addTo(long state) {
        return crc.update(addHead(state, pgno, blockBytes), rawCrc);
    }

    static long addHead(long state, long pgno, int blockBytes) {
        long s = Crc64.updateBigEndian(state, pgno, 4);
        if (blockBytes == 0) {
            return Crc64.updateBigEndian(s, 0, 2);
        }
        return Crc64.updateBigEndian(
                s, (long) LtxFormat.PAGE_FLAG_BLOCK << 32 | blockBytes, 2 + LtxFormat.SIZE_BYTES);
    }

    /// Says whether the page is in block form, so that its block can be copied as it is.
    boolean isBlock() {
        return blockBytes != 0;
    }

    /// Returns where in the window's buffer the block lies; until the window moves on.
    int blockAt() {
        return blockAt;
    }

    int blockBytes() {
        return blockBytes;
    }
}
