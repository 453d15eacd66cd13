package dev.siltstone.stream.segment;

import java.io.IOException;
import java.util.Arrays;

/// The entries of one run in memory: five longs each.
///
/// One thread adds; any thread may look at what was added before it learned of it by other means (the
/// tail that was published after).
public final class EntryTable implements RunEntries {
    private static final int STRIDE = 5;

    private volatile long[] cells = new long[STRIDE];
    private volatile int count;

    /// Adds an entry behind the last one.
    public void add(RunEntry entry) {
        int added = count;
        int at = added * STRIDE;
        long[] table = cells;
        if (at == table.length) {
            table = Arrays.copyOf(table, 2 * at);
        }
        table[at] = entry.wireByte();
        table[at + 1] = entry.position();
        table[at + 2] = (long) entry.dataOffset() << 32 | entry.messages();
        table[at + 3] = entry.time();
        table[at + 4] = entry.length();
        cells = table;
        count = added + 1;
    }

    /// Returns the number of entries.
    public int count() {
        return count;
    }

    /// Returns the wire byte at which the first entry begins; there is one.
    public long base() {
        return cells[0];
    }

    /// Returns the wire byte at which the last entry ends.
    public long end() {
        return get(count - 1).end();
    }

    /// Returns one of them.
    public RunEntry get(int index) {
        return get(cells, index);
    }

    @Override
    public void visitFrom(long wireByte, Visitor visitor) throws IOException {
        int end = count;
        long[] table = cells;
        for (int i = search(table, end, wireByte); i < end; i++) {
            if (!visitor.entry(get(table, i))) {
                return;
            }
        }
    }

    private static RunEntry get(long[] table, int index) {
        int at = index * STRIDE;
        long packed = table[at + 2];
        return new RunEntry(
                table[at],
                table[at + 1],
                (int) table[at + 4],
                (int) (packed >>> 32),
                (int) packed,
                table[at + 3]);
    }

    private static int search(long[] table, int end, long wireByte) {
        int low = 0;
        int high = end - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (table[middle * STRIDE] <= wireByte) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
