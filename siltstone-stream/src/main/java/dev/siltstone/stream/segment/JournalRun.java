package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// A run of a journal file: entries with those of other runs between them.
public final class JournalRun implements RunSource {
    private final RunEntries entries;
    private final long base;
    private final long end;
    private final EntryBytes bytes;

    /// @param entries all of the run
    /// @param base wire byte at which the first begins
    /// @param end wire byte at which the last ends
    /// @param bytes of the journal file
    public JournalRun(RunEntries entries, long base, long end, EntryBytes bytes) {
        this.entries = entries;
        this.base = base;
        this.end = end;
        this.bytes = bytes;
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public void read(long wireByte, ByteBuffer target) throws IOException {
        requireWithin(wireByte, wireByte + target.remaining());
        if (!target.hasRemaining()) {
            return;
        }
        int limit = target.limit();
        long to = wireByte + target.remaining();
        entries.visitFrom(
                wireByte,
                entry -> {
                    long at = to - (limit - target.position());
                    long until = Math.min(to, entry.end());
                    target.limit(target.position() + (int) (until - at));
                    bytes.read(entry, (int) (at - entry.wireByte()), target);
                    target.limit(limit);
                    return until < to;
                });
        if (target.hasRemaining()) {
            throw missing(to - target.remaining());
        }
    }

    @Override
    public boolean visitRanges(long from, long to, RangeVisitor visitor) throws IOException {
        requireWithin(from, to);
        if (from == to) {
            return true;
        }
        entries.visitFrom(
                from,
                entry -> {
                    long at = Math.max(from, entry.wireByte());
                    long until = Math.min(to, entry.end());
                    visitor.range(bytes.filePosition(entry) + (at - entry.wireByte()), until - at);
                    return until < to;
                });
        return true;
    }

    @Override
    public @Nullable FileChannel openForSending() throws IOException {
        return bytes.openForSending();
    }

    @Override
    public void visitMessages(long wireByte, MessageVisitor visitor) throws IOException {
        requireWithin(wireByte, wireByte + 1);
        entries.visitFrom(wireByte, entry -> visit(entry, wireByte, visitor));
    }

    private boolean visit(RunEntry entry, long wireByte, MessageVisitor visitor)
            throws IOException {
        if (entry.messages() < 2) {
            return visitor.message(entry.wireByte(), entry.length(), true, entry.time());
        }
        long at = entry.wireByte();
        for (int length : bytes.messageLengths(entry)) {
            boolean first = at == entry.wireByte();
            if (at + length > wireByte && !visitor.message(at, length, first, entry.time())) {
                return false;
            }
            at += length;
        }
        if (at != entry.end()) {
            throw missing(at);
        }
        return true;
    }

    private void requireWithin(long from, long to) {
        if (from < base || to < from || end < to) {
            throw new IllegalArgumentException(
                    "bytes %d to %d of a run that has %d to %d".formatted(from, to, base, end));
        }
    }

    private static IOException missing(long wireByte) {
        return new IOException("a journal file lacks the byte at " + wireByte + " of a run");
    }
}
