package dev.siltstone.stream.segment;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Compressed blocks. Each is checked whenever it is read, since it is read whole anyway. The content of the
/// one read last is kept: short runs that follow each other share it.
///
/// Thread-safe.
final class PackedBlocks implements Blocks {
    private final SegmentReader segment;
    private volatile @Nullable Content last;

    PackedBlocks(SegmentReader segment) {
        this.segment = segment;
    }

    /// Where a block lies.
    record Extent(SegmentFormat.BlockRow row, int storedBytes, int contentBytes) {
        long start() {
            return row.dataPosition();
        }

        long end() {
            return row.dataPosition() + contentBytes;
        }
    }

    private record Content(long block, byte[] bytes) {}

    @Override
    public void read(long dataPosition, ByteBuffer target) throws IOException {
        long at = dataPosition;
        for (long block = find(dataPosition); target.hasRemaining(); block++) {
            Extent extent = extent(block);
            int length = (int) Math.min(target.remaining(), extent.end() - at);
            target.put(content(block, extent), (int) (at - extent.start()), length);
            at += length;
        }
    }

    /// Adds content to a segment: whole blocks as they are stored, if it may take them so.
    void copy(long from, long to, SegmentWriter writer) throws IOException {
        long at = from;
        for (long block = find(from); at < to; block++) {
            Extent extent = extent(block);
            if (extent.start() == at
                    && extent.end() <= to
                    && writer.mayCopy(extent.contentBytes())) {
                writer.copy(extent.row(), stored(extent), extent.contentBytes());
                at = extent.end();
            } else {
                int length = (int) (Math.min(to, extent.end()) - at);
                int start = (int) (at - extent.start());
                writer.write(ByteBuffer.wrap(content(block, extent), start, length));
                at += length;
            }
        }
    }

    @Override
    public long verified(long dataPosition, long length) {
        throw new UnsupportedOperationException(segment.file() + " is compressed");
    }

    @Override
    public void verify(long block) throws IOException {
        unpack(extent(block));
    }

    /// Returns the number of the block that holds a data position.
    long find(long dataPosition) throws IOException {
        long low = 0;
        long high = segment.footer().blocks() - 1;
        ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (row(middle, page).dataPosition() <= dataPosition) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// Returns where a block lies.
    Extent extent(long block) throws IOException {
        SegmentLayout layout = segment.layout();
        if (block >= segment.footer().blocks()) {
            throw new SegmentDamagedException(
                    segment.file(),
                    layout.runsStart,
                    "a run lies behind the data",
                    segment.footer().blocks() + " blocks",
                    "block " + block);
        }
        ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
        SegmentFormat.BlockRow row = row(block, page);
        boolean isLast = block + 1 == segment.footer().blocks();
        SegmentFormat.BlockRow next = isLast ? row : row(block + 1, page);
        long fileEnd = isLast ? layout.dataEnd : next.filePosition();
        long dataEnd = isLast ? segment.dataBytes() : next.dataPosition();
        long storedBytes = fileEnd - row.filePosition();
        long contentBytes = dataEnd - row.dataPosition();
        if (storedBytes < 1
                || storedBytes > contentBytes
                || contentBytes > segment.header().blockBytes()
                || row.filePosition() < layout.dataStart
                || fileEnd > layout.dataEnd) {
            throw new SegmentDamagedException(
                    segment.file(),
                    layout.blocksStart + SegmentFormat.PAGE_BYTES * (block / layout.blocksPerPage),
                    "row of block " + block,
                    "one before the next",
                    row);
        }
        return new Extent(row, (int) storedBytes, (int) contentBytes);
    }

    /// Reads a block as it is stored, and checks it.
    ByteBuffer stored(Extent extent) throws IOException {
        SegmentFormat.BlockRow row = extent.row();
        ByteBuffer bytes = ByteBuffer.allocate(extent.storedBytes());
        segment.read(row.filePosition(), bytes);
        int actual = segment.checksum().of(row.filePosition(), bytes.flip());
        if (row.crc() != actual) {
            throw SegmentDamagedException.crc(
                    segment.file(), row.filePosition(), "block", row.crc(), actual);
        }
        return bytes;
    }

    private byte[] content(long block, Extent extent) throws IOException {
        Content known = last;
        if (known != null && known.block() == block) {
            return known.bytes();
        }
        byte[] bytes = unpack(extent);
        last = new Content(block, bytes);
        return bytes;
    }

    private byte[] unpack(Extent extent) throws IOException {
        ByteBuffer stored = stored(extent);
        if (extent.row().stored()) {
            return stored.array();
        }
        byte[] content = new byte[extent.contentBytes()];
        long length =
                Zstd.decompressByteArray(
                        content, 0, content.length, stored.array(), 0, stored.remaining());
        if (length != content.length) {
            throw new SegmentDamagedException(
                    segment.file(),
                    extent.row().filePosition(),
                    "content of a block",
                    content.length + " bytes",
                    Zstd.isError(length) ? Zstd.getErrorName(length) : length + " bytes");
        }
        return content;
    }

    private SegmentFormat.BlockRow row(long block, ByteBuffer page) throws IOException {
        SegmentLayout layout = segment.layout();
        long number = block / layout.blocksPerPage;
        segment.readPage(
                layout.blocksStart + SegmentFormat.PAGE_BYTES * number, "block table", page);
        return SegmentFormat.blockRow(page, (int) (block % layout.blocksPerPage));
    }
}
