package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/// Blocks that are stored as they are. Each is checked once; a bit remembers that.
///
/// Thread-safe; two threads may check the same block at once.
final class PlainBlocks implements Blocks {
    private final SegmentReader segment;
    private final AtomicLongArray verified;

    PlainBlocks(SegmentReader segment) {
        this.segment = segment;
        this.verified = new AtomicLongArray((int) (segment.footer().blocks() / Long.SIZE) + 1);
    }

    @Override
    public void read(long dataPosition, ByteBuffer target) throws IOException {
        segment.read(verified(dataPosition, target.remaining()), target);
    }

    @Override
    public long verified(long dataPosition, long length) throws IOException {
        int blockBytes = segment.header().blockBytes();
        long end = dataPosition + length;
        for (long block = dataPosition / blockBytes; block * blockBytes < end; block++) {
            if (!isVerified(block)) {
                verify(block);
            }
        }
        return segment.layout().dataStart + dataPosition;
    }

    private boolean isVerified(long block) {
        return (verified.getAcquire((int) (block / Long.SIZE)) & 1L << block) != 0;
    }

    @Override
    public void verify(long block) throws IOException {
        SegmentLayout layout = segment.layout();
        int blockBytes = segment.header().blockBytes();
        long filePosition = layout.dataStart + block * blockBytes;
        if (filePosition >= layout.dataEnd) {
            throw new SegmentDamagedException(
                    segment.file(),
                    layout.runsStart,
                    "a run lies behind the data",
                    "before " + layout.dataEnd,
                    filePosition);
        }
        long length = Math.min(blockBytes, layout.dataEnd - filePosition);
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        segment.read(filePosition, bytes);
        int actual = segment.checksum().of(filePosition, bytes.flip());
        int expected = expectedCrc(block);
        if (expected != actual) {
            throw SegmentDamagedException.crc(
                    segment.file(), filePosition, "block", expected, actual);
        }
        verified.getAndUpdate((int) (block / Long.SIZE), bits -> bits | 1L << block);
    }

    private int expectedCrc(long block) throws IOException {
        SegmentLayout layout = segment.layout();
        ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
        long number = block / layout.blocksPerPage;
        segment.readPage(
                layout.blocksStart + SegmentFormat.PAGE_BYTES * number, "block table", page);
        return page.getInt((int) (block % layout.blocksPerPage) * Integer.BYTES);
    }
}
