package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.JournalRun;
import dev.siltstone.stream.segment.RunSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What one stream has in one live journal file: small entries mostly, which are read many at a time.
///
/// Thread-safe.
final class UnsettledRun implements RunSource {
    private final Reads reads;
    private final EntryTable table;
    private final JournalRun run;

    UnsettledRun(Reads reads, EntryTable table) {
        this.reads = reads;
        this.table = table;
        this.run = new JournalRun(table, table.base(), table.end(), reads);
    }

    @Override
    public long base() {
        return run.base();
    }

    @Override
    public long end() {
        return run.end();
    }

    @Override
    public void read(long wireByte, ByteBuffer target) throws IOException {
        long to = wireByte + target.remaining();
        var pieces = new PieceReader(reads, target);
        table.visitFrom(
                wireByte,
                entry -> {
                    long at = to - pieces.wanted();
                    long until = Math.min(to, entry.end());
                    pieces.add(Reads.position(entry, at), (int) (until - at));
                    return until < to;
                });
        pieces.read();
        if (target.hasRemaining()) {
            throw new EOFException("a run ends before wire byte " + to);
        }
    }

    @Override
    public boolean visitRanges(long from, long to, RangeVisitor visitor) {
        return false;
    }

    @Override
    public void visitMessages(long wireByte, MessageVisitor visitor) throws IOException {
        run.visitMessages(wireByte, visitor);
    }
}
