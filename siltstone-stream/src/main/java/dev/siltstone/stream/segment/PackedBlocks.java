package dev.siltstone.stream.segment;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Compressed blocks. Each is checked whenever it is read, since it is read whole anyway.
///
/// Thread-safe.
final class PackedBlocks implements Blocks {
    private final SegmentReader segment;

    PackedBlocks(SegmentReader segment) {
        this.segment = segment;
    }

    /// A block as it is stored.
    ///
    /// @param bytes checked
    record Stored(SegmentFormat.BlockRow row, ByteBuffer bytes, int contentBytes) {
        long end() {
            return row.dataPosition() + contentBytes;
        }
    }

    @Override
    public void read(long dataPosition, ByteBuffer target) throws IOException {
        long at = dataPosition;
        long block = find(dataPosition);
        while (target.hasRemaining()) {
            Stored stored = stored(block);
            ByteBuffer content = content(stored);
            int from = (int) (at - stored.row().dataPosition());
            int length = Math.min(target.remaining(), content.remaining() - from);
            target.put(content.slice(from, length));
            at += length;
            block++;
        }
    }

    /// Adds content to a segment: whole blocks as they are stored, if it may take them so.
    void copy(long from, long to, SegmentWriter writer) throws IOException {
        long at = from;
        for (long block = find(from); at < to; block++) {
            Stored stored = stored(block);
            long start = stored.row().dataPosition();
            long end = Math.min(to, stored.end());
            if (start == at && stored.end() == end && writer.mayCopy(stored.contentBytes())) {
                writer.copy(stored.row(), stored.bytes(), stored.contentBytes());
            } else {
                writer.write(content(stored).slice((int) (at - start), (int) (end - at)));
            }
            at = end;
        }
    }

    @Override
    public long verified(long dataPosition, long length) {
        throw new UnsupportedOperationException(segment.file() + " is compressed");
    }

    @Override
    public void verify(long block) throws IOException {
        content(stored(block));
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

    /// Reads a block as it is stored, and checks it.
    Stored stored(long block) throws IOException {
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
        boolean last = block + 1 == segment.footer().blocks();
        SegmentFormat.BlockRow next = last ? row : row(block + 1, page);
        long fileEnd = last ? layout.dataEnd : next.filePosition();
        long dataEnd = last ? segment.dataBytes() : next.dataPosition();
        long length = fileEnd - row.filePosition();
        long contentBytes = dataEnd - row.dataPosition();
        if (length < 1
                || length > contentBytes
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
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        segment.read(row.filePosition(), bytes);
        int actual = segment.checksum().of(row.filePosition(), bytes.flip());
        if (row.crc() != actual) {
            throw SegmentDamagedException.crc(
                    segment.file(), row.filePosition(), "block", row.crc(), actual);
        }
        return new Stored(row, bytes, (int) contentBytes);
    }

    private ByteBuffer content(Stored stored) throws SegmentDamagedException {
        if (stored.row().stored()) {
            return stored.bytes();
        }
        byte[] content = new byte[stored.contentBytes()];
        ByteBuffer bytes = stored.bytes();
        long length =
                Zstd.decompressByteArray(
                        content, 0, content.length, bytes.array(), 0, bytes.remaining());
        if (length != content.length) {
            throw new SegmentDamagedException(
                    segment.file(),
                    stored.row().filePosition(),
                    "content of a block",
                    content.length + " bytes",
                    Zstd.isError(length) ? Zstd.getErrorName(length) : length + " bytes");
        }
        return ByteBuffer.wrap(content);
    }

    private SegmentFormat.BlockRow row(long block, ByteBuffer page) throws IOException {
        SegmentLayout layout = segment.layout();
        long number = block / layout.blocksPerPage;
        segment.readPage(
                layout.blocksStart + SegmentFormat.PAGE_BYTES * number, "block table", page);
        return SegmentFormat.blockRow(page, (int) (block % layout.blocksPerPage));
    }
}
