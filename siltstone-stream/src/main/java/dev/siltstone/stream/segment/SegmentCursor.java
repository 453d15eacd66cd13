package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Goes over the run table of a segment, a page at a time.
final class SegmentCursor implements RunCursor {
    private final SegmentReader segment;
    private final ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
    private long index = -1;

    SegmentCursor(SegmentReader segment) {
        this.segment = segment;
    }

    @Override
    public boolean next() throws IOException {
        if (index + 1 >= segment.runs()) {
            return false;
        }
        index++;
        if (row() == 0) {
            segment.readRunPage(index / SegmentFormat.RUNS_PER_PAGE, page);
        }
        return true;
    }

    private int row() {
        return (int) (index % SegmentFormat.RUNS_PER_PAGE);
    }

    @Override
    public long key() {
        return page.getLong(row() * SegmentFormat.RUN_BYTES);
    }

    @Override
    public SegmentRun run() {
        return new SegmentRun(segment, SegmentFormat.row(page, row()));
    }
}
