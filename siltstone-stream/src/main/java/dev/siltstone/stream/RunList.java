package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntry;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The runs of one stream, in order. The leader adds; any thread looks up what was published.
final class RunList {
    private static final Run[] NONE = {};

    private volatile Run[] runs = NONE;

    /// Adds an entry behind all others.
    ///
    /// @return the run, if this entry began it
    @Nullable Run add(long fileStart, RunEntry entry) {
        Run[] now = runs;
        Run last = now.length == 0 ? null : now[now.length - 1];
        if (last != null && last.fileStart == fileStart) {
            Objects.requireNonNull(last.table(), "the run's file is full").add(entry);
            return null;
        }
        EntryTable table = new EntryTable();
        table.add(entry);
        Run begun = new Run(fileStart, entry.wireByte(), table);
        Run[] more = Arrays.copyOf(now, now.length + 1);
        more[now.length] = begun;
        runs = more;
        return begun;
    }

    /// Returns the run that holds a wire byte; `null` if it lies before the first.
    @Nullable Run find(long wireByte) {
        Run[] now = runs;
        int low = 0;
        int high = now.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (now[middle].base <= wireByte) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? null : now[high];
    }
}
