package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A run of a segment.
///
/// Thread-safe.
public final class SegmentRun implements RunSource {
    private final SegmentReader segment;
    private final SegmentFormat.Row row;

    SegmentRun(SegmentReader segment, SegmentFormat.Row row) {
        this.segment = segment;
        this.row = row;
    }

    /// Returns whose run it is.
    public long key() {
        return row.key();
    }

    @Override
    public long base() {
        return row.base();
    }

    @Override
    public long end() {
        return row.end();
    }

    /// Returns the number of messages.
    public long messages() {
        return row.messages();
    }

    /// Returns the time of the first append, milliseconds since 1970.
    public long firstTime() {
        return row.firstTime();
    }

    /// Returns the time of the last append, milliseconds since 1970.
    public long lastTime() {
        return row.lastTime();
    }

    SegmentReader segment() {
        return segment;
    }

    long dataPosition(long wireByte) {
        return row.dataPosition() + (wireByte - row.base());
    }

    @Override
    public void read(long wireByte, ByteBuffer target) throws IOException {
        requireWithin(wireByte, wireByte + target.remaining());
        segment.blocks().read(dataPosition(wireByte), target);
    }

    @Override
    public boolean visitRanges(long from, long to, RangeVisitor visitor) throws IOException {
        requireWithin(from, to);
        if (segment.header().compressed()) {
            return false;
        }
        if (from < to) {
            visitor.range(segment.blocks().verified(dataPosition(from), to - from), to - from);
        }
        return true;
    }

    @Override
    public @Nullable FileChannel openForSending() throws IOException {
        return segment.openForSending();
    }

    @Override
    public void visitMessages(long wireByte, MessageVisitor visitor) throws IOException {
        requireWithin(wireByte, wireByte + 1);
        new MarkReader(segment).visit(row, wireByte, visitor);
    }

    private void requireWithin(long from, long to) {
        if (from < row.base() || to < from || row.end() < to) {
            throw new IllegalArgumentException(
                    "bytes %d to %d of run %d of %s, which has %d to %d"
                            .formatted(from, to, row.key(), segment.file(), row.base(), row.end()));
        }
    }
}
