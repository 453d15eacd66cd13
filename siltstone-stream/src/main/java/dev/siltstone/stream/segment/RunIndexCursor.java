package dev.siltstone.stream.segment;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Goes over the runs of a full journal file.
final class RunIndexCursor implements RunCursor {
    private final RunIndexReader index;
    private final EntryBytes bytes;
    private long row = -1;
    private RunIndexFormat.@Nullable Run run;

    RunIndexCursor(RunIndexReader index, EntryBytes bytes) {
        this.index = index;
        this.bytes = bytes;
    }

    @Override
    public boolean next() throws IOException {
        if (row + 1 >= index.runs()) {
            return false;
        }
        row++;
        run = index.runAt(row);
        return true;
    }

    private RunIndexFormat.Run current() {
        RunIndexFormat.Run current = run;
        if (current == null) {
            throw new IllegalStateException("the cursor stands before the first run");
        }
        return current;
    }

    @Override
    public long key() {
        return current().key();
    }

    @Override
    public RunSource run() throws IOException {
        return index.source(current(), bytes);
    }
}
