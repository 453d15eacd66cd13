package dev.siltstone.stream.segment;

import java.nio.ByteBuffer;

/// The marks of a segment: where messages and appends end, run after run. Big-endian.
///
/// | mark page: offset | bytes | field     | meaning                                           |
/// |-------:|------:|-----------|--------------------------------------------------------------|
/// |      0 |     8 | wire byte | at which the message of the page's first mark begins         |
/// |      8 |     8 | time      | of the append before that message, milliseconds since 1970   |
/// |     16 |     4 | used      | bytes of marks, u                                            |
/// |     20 |     u | marks     | one behind the other; none reaches into the next page        |
///
/// A mark is a varint, low bits first: twice the message's length, plus 1 if an append begins with it. In
/// that case a second one follows: the time of the append less that of the append before, zigzag. Before
/// the first append of a run the time is the *first time* of its row. A page begins when the one before has
/// fewer than [#MARK_BYTES_MAX] bytes left, so a run's pages are searched by their first fields without
/// decoding any mark before.
///
/// A stream without messages has one per append.
final class MarkFormat {
    static final int MARKS_OFFSET = 20;

    /// Five bytes for a length and its flag, ten for a time.
    static final int MARK_BYTES_MAX = 15;

    private static final int USED_OFFSET = 16;
    private static final int VARINT_BYTES_MAX = 10;

    private MarkFormat() {}

    /// Begins a page.
    ///
    /// @param page zeros, at its position 0
    static void begin(ByteBuffer page, long wireByte, long time) {
        page.putLong(wireByte).putLong(time).putInt(0);
    }

    /// Adds a mark to the page and counts its bytes.
    ///
    /// @param timeBefore of the append before
    static void put(ByteBuffer page, int length, boolean beginsAppend, long time, long timeBefore) {
        putVarint(page, (long) length << 1 | (beginsAppend ? 1 : 0));
        if (beginsAppend) {
            long delta = time - timeBefore;
            putVarint(page, delta << 1 ^ delta >> 63);
        }
    }

    static void used(ByteBuffer page, int pageStart, int bytes) {
        page.putInt(pageStart + USED_OFFSET, bytes);
    }

    static long wireByte(ByteBuffer page) {
        return page.getLong(0);
    }

    static long time(ByteBuffer page) {
        return page.getLong(8);
    }

    /// Returns where the marks of a page end; beyond the page if that is damaged.
    static int end(ByteBuffer page) {
        return MARKS_OFFSET + page.getInt(USED_OFFSET);
    }

    private static void putVarint(ByteBuffer target, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            target.put((byte) (left | 0x80));
            left >>>= 7;
        }
        target.put((byte) left);
    }

    /// Returns the varint at the buffer's position, which moves behind it.
    ///
    /// @throws IllegalArgumentException if there is none
    static long varint(ByteBuffer source) {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX && source.hasRemaining(); i++) {
            byte next = source.get();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("no varint");
    }

    static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }
}
