package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads the marks of runs: finds the page by the first fields of pages, then decodes. Remembers the page it
/// read last, since many short runs share one.
///
/// Not thread-safe; one visit at a time.
final class MarkReader {
    private static final int NONE = -1;

    private final SegmentReader segment;
    private final ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
    private int pageNumber = NONE;
    private long at;
    private long time;

    MarkReader(SegmentReader segment) {
        this.segment = segment;
    }

    void visit(SegmentFormat.Row row, long wireByte, RunSource.MessageVisitor visitor)
            throws IOException {
        enter(row, search(row, wireByte));
        while (at < row.end()) {
            if (!page.hasRemaining()) {
                enter(row, pageNumber + 1);
            }
            long start = at;
            long packed = varint();
            long length = packed >>> 1;
            boolean beginsAppend = (packed & 1) != 0;
            if (beginsAppend) {
                time += MarkFormat.unzigzag(varint());
            }
            if (length < 1 || length > Integer.MAX_VALUE || start + length > row.end()) {
                throw damaged("a mark of run " + row.key(), "1 to " + (row.end() - start), length);
            }
            at = start + length;
            if (at > wireByte && !visitor.message(start, (int) length, beginsAppend, time)) {
                return;
            }
        }
    }

    /// Returns the last page of the run whose first message does not begin after `wireByte`.
    private int search(SegmentFormat.Row row, long wireByte) throws IOException {
        int low = row.firstMarkPage();
        int high = row.lastMarkPage();
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            load(middle);
            if (MarkFormat.wireByte(page) <= wireByte) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void enter(SegmentFormat.Row row, int number) throws IOException {
        if (number > row.lastMarkPage()) {
            throw damaged("the last mark page of run " + row.key(), row.lastMarkPage(), number);
        }
        load(number);
        boolean first = number == row.firstMarkPage();
        int end = MarkFormat.end(page);
        int start = first ? row.markOffset() : MarkFormat.MARKS_OFFSET;
        if (start < MarkFormat.MARKS_OFFSET
                || end <= start
                || end > SegmentFormat.PAGE_BODY_BYTES) {
            throw damaged("where the marks lie", "20 to 4092", start + " to " + end);
        }
        if (!first && MarkFormat.wireByte(page) < row.base()) {
            throw damaged("wire byte", row.base() + " or more", MarkFormat.wireByte(page));
        }
        page.limit(end).position(start);
        at = first ? row.base() : MarkFormat.wireByte(page);
        time = first ? row.firstTime() : MarkFormat.time(page);
    }

    private void load(int number) throws IOException {
        if (number != pageNumber) {
            pageNumber = NONE;
            segment.readMarkPage(number, page);
            pageNumber = number;
        }
        page.clear();
    }

    private long varint() throws SegmentDamagedException {
        try {
            return MarkFormat.varint(page);
        } catch (IllegalArgumentException e) {
            SegmentDamagedException damaged = damaged("a mark", "a varint", "none");
            damaged.initCause(e);
            throw damaged;
        }
    }

    private SegmentDamagedException damaged(String what, Object expected, Object actual) {
        return new SegmentDamagedException(
                segment.file(), segment.markFilePosition(pageNumber), what, expected, actual);
    }
}
