package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/// Pages with consecutive numbers that are compressed and summed beside the writer, so that more than one core
/// does it, and then appended: filled by [#room], packed by any thread, taken by [LtxWriter#append].
///
/// Memory: about twice the pages, outside the heap unless they are few. Not thread-safe; handed from one thread to the next.
public final class PageBatch {
    private static final int HEAP_BYTES_MAX = 64 << 10;

    private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
    private final int pageSize;
    private final int blockBytesMax;
    private final PageCrc crc;
    private final ByteBuffer pages;
    private final ByteBuffer frames;
    private final int[] blockBytes;
    private final long[] raws;
    private long first;
    private int count;

    /// @param pagesMax how many pages it can hold
    public PageBatch(int pageSize, int pagesMax) {
        this.pageSize = pageSize;
        this.blockBytesMax = LtxFormat.blockBytesMax(pageSize);
        this.crc = PageCrc.of(pageSize);
        this.pages = buffer(Math.multiplyExact(pagesMax, pageSize));
        this.frames =
                buffer(Math.multiplyExact(pagesMax, LtxFormat.BLOCK_HEADER_BYTES + blockBytesMax));
        this.blockBytes = new int[pagesMax];
        this.raws = new long[pagesMax];
    }

    /// Small databases are many, and direct buffers are freed late.
    private static ByteBuffer buffer(int bytes) {
        return bytes <= HEAP_BYTES_MAX
                ? ByteBuffer.allocate(bytes)
                : ByteBuffer.allocateDirect(bytes);
    }

    /// Begins anew.
    ///
    /// @return where the pages are to be put, all of them, before [#pack]
    public ByteBuffer room(long firstPgno, int pageCount) {
        first = firstPgno;
        count = pageCount;
        frames.clear().limit(0);
        return pages.clear().limit(pageCount * pageSize);
    }

    /// Compresses and sums the pages.
    public void pack() {
        frames.clear();
        for (int i = 0; i < count; i++) {
            int at = frames.position() + LtxFormat.BLOCK_HEADER_BYTES;
            int length =
                    compressor.compress(pages, i * pageSize, pageSize, frames, at, blockBytesMax);
            frames.putInt((int) (first + i))
                    .putShort((short) LtxFormat.PAGE_FLAG_BLOCK)
                    .putInt(length)
                    .position(at + length);
            blockBytes[i] = length;
            raws[i] = crc.raw(pages, i * pageSize);
        }
        frames.flip();
    }

    /// Returns the number of the first page.
    public long first() {
        return first;
    }

    public int count() {
        return count;
    }

    /// Returns the checksum of a packed page.
    ///
    /// @param index of the page in the batch, from 0
    public long checksum(int index) {
        return crc.checksum(first + index, raws[index]);
    }

    int pageSize() {
        return pageSize;
    }

    /// Returns the frames of the packed pages; remaining until they are written.
    ByteBuffer frames() {
        return frames;
    }

    int blockBytes(int index) {
        return blockBytes[index];
    }

    long raw(int index) {
        return raws[index];
    }
}
