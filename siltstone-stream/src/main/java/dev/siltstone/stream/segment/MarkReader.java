package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads the marks of one run: finds the page by the first fields of pages, then decodes.
///
/// Not thread-safe; made for one visit.
final class MarkReader {
    private final SegmentReader segment;
    private final SegmentFormat.Row row;
    private final ByteBuffer page = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);

    private int pageNumber;
    private long at;
    private long time;

    MarkReader(SegmentReader segment, SegmentFormat.Row row) {
        this.segment = segment;
        this.row = row;
    }

    void visit(long wireByte, RunSource.MessageVisitor visitor) throws IOException {
        enter(search(wireByte));
        while (at < row.end()) {
            if (!page.hasRemaining()) {
                enter(pageNumber + 1);
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
    private int search(long wireByte) throws IOException {
        int low = row.firstMarkPage();
        int high = row.lastMarkPage();
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            segment.readMarkPage(middle, page);
            if (MarkFormat.wireByte(page) <= wireByte) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void enter(int number) throws IOException {
        if (number > row.lastMarkPage()) {
            throw damaged("the last mark page of run " + row.key(), row.lastMarkPage(), number);
        }
        pageNumber = number;
        segment.readMarkPage(number, page);
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
