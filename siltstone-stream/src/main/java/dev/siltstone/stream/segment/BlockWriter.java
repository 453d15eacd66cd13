package dev.siltstone.stream.segment;

import com.github.luben.zstd.Zstd;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Writes the content of a segment in blocks, each with its row in the block table.
///
/// Not thread-safe.
final class BlockWriter {
    private static final int ZSTD_LEVEL = 3;

    /// A block that has less content is not ended for the sake of a copied one.
    private static final int ENDED_EARLY_FRACTION = 4;

    private final DiskFile file;
    private final boolean compressed;
    private final SegmentChecksum checksum;
    private final PageSpill table;
    private final ByteBuffer block;
    private final ByteBuffer packed;
    private long filePosition;
    private long dataBytes;

    /// Content of the blocks that have ended.
    private long endedBytes;

    private long blocks;

    /// @param filePosition at which the first block is to lie
    /// @param table gets the rows
    BlockWriter(
            DiskFile file,
            long filePosition,
            SegmentHeader header,
            SegmentChecksum checksum,
            PageSpill table) {
        this.file = file;
        this.filePosition = filePosition;
        this.compressed = header.compressed();
        this.checksum = checksum;
        this.table = table;
        this.block = ByteBuffer.allocate(header.blockBytes());
        this.packed =
                ByteBuffer.allocate(compressed ? (int) Zstd.compressBound(header.blockBytes()) : 0);
    }

    long dataBytes() {
        return dataBytes;
    }

    long blocks() {
        return blocks;
    }

    long filePosition() {
        return filePosition;
    }

    /// Adds all remaining bytes.
    void write(ByteBuffer bytes) throws IOException {
        dataBytes += bytes.remaining();
        while (bytes.hasRemaining()) {
            int length = Math.min(bytes.remaining(), block.remaining());
            block.put(block.position(), bytes, bytes.position(), length);
            block.position(block.position() + length);
            bytes.position(bytes.position() + length);
            if (!block.hasRemaining()) {
                endBlock();
            }
        }
    }

    /// Says whether a whole block of another segment may be copied as it is stored: it must be full, and
    /// what would end before it not too small, so that blocks stay long however often they are merged.
    boolean mayCopy(int contentBytes) {
        return compressed
                && contentBytes == block.capacity()
                && (block.position() == 0
                        || block.position() >= block.capacity() / ENDED_EARLY_FRACTION);
    }

    /// Adds a block as it is stored in another segment.
    void copy(SegmentFormat.BlockRow row, ByteBuffer storedBytes, int contentBytes)
            throws IOException {
        endBlock();
        dataBytes += contentBytes;
        store(storedBytes, row.stored(), contentBytes);
    }

    /// Ends the last block.
    void finish() throws IOException {
        endBlock();
    }

    private void endBlock() throws IOException {
        if (block.position() == 0) {
            return;
        }
        block.flip();
        int contentBytes = block.remaining();
        if (compressed && pack()) {
            store(packed, false, contentBytes);
        } else {
            store(block, true, contentBytes);
        }
        block.clear();
    }

    /// @return whether that made it shorter
    private boolean pack() {
        long bytes =
                Zstd.compressByteArray(
                        packed.array(),
                        0,
                        packed.capacity(),
                        block.array(),
                        0,
                        block.remaining(),
                        ZSTD_LEVEL);
        packed.clear().limit(Zstd.isError(bytes) ? packed.capacity() : (int) bytes);
        return packed.remaining() < block.remaining();
    }

    private void store(ByteBuffer bytes, boolean stored, int contentBytes) throws IOException {
        int crc = checksum.of(filePosition, bytes);
        if (compressed) {
            SegmentFormat.put(
                    table.room(SegmentFormat.BLOCK_ROW_BYTES),
                    new SegmentFormat.BlockRow(endedBytes, filePosition, crc, stored));
        } else {
            table.room(Integer.BYTES).putInt(crc);
        }
        int length = bytes.remaining();
        file.write(bytes, filePosition);
        filePosition += length;
        endedBytes += contentBytes;
        blocks++;
    }
}
