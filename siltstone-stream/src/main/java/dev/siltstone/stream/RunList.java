package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The runs of one stream that the journal still holds, in order. The leader adds; the settler drops; any
/// thread looks up what was published.
final class RunList {
    private static final Run[] NONE = {};

    private volatile Run[] runs = NONE;

    /// Adds an entry behind all others.
    void add(long fileStart, RunEntry entry) {
        Run[] now = runs;
        Run last = now.length == 0 ? null : now[now.length - 1];
        if (last != null && last.fileStart() == fileStart) {
            last.table().add(entry);
            return;
        }
        EntryTable table = new EntryTable();
        table.add(entry);
        begin(new Run(fileStart, table));
    }

    private synchronized void begin(Run run) {
        Run[] now = runs;
        Run[] more = Arrays.copyOf(now, now.length + 1);
        more[now.length] = run;
        runs = more;
    }

    /// Forgets what lies in journal files that begin before `fileStart`. It is settled: the catalog knows
    /// where it is.
    void dropBefore(long fileStart) {
        Run[] now = runs;
        if (now.length > 0 && now[0].fileStart() < fileStart) {
            drop(fileStart);
        }
    }

    private synchronized void drop(long fileStart) {
        Run[] now = runs;
        int dropped = 0;
        while (dropped < now.length && now[dropped].fileStart() < fileStart) {
            dropped++;
        }
        if (dropped > 0) {
            runs = Arrays.copyOfRange(now, dropped, now.length);
        }
    }

    /// Returns the run that holds a wire byte; `null` if it lies before the first.
    @Nullable Run find(long wireByte) {
        Run[] now = runs;
        int low = 0;
        int high = now.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (now[middle].base() <= wireByte) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? null : now[high];
    }

    /// Says whether there are none.
    boolean isEmpty() {
        return runs.length == 0;
    }
}
