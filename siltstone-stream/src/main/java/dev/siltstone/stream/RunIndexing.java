package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Collects the runs of the journal file that grows, and writes the run index of each full one.
///
/// The leader, or recovery, tells of files and runs; one other thread writes.
final class RunIndexing {
    private record Begun(long streamId, Run run) {}

    /// @param end log position at which the file ends
    private record FullFile(long start, long end, List<Begun> runs) {}

    private static final long NONE = RunIndexes.NONE;

    private final RunIndexes indexes;
    private final Consumer<String> notices;
    private final Queue<FullFile> full = new ArrayDeque<>();
    private List<Begun> growing = new ArrayList<>();
    private long growingStart = NONE;
    private long onDiskUpTo = NONE;

    RunIndexing(RunIndexes indexes, Consumer<String> notices) {
        this.indexes = indexes;
        this.notices = notices;
    }

    /// Says which journal file the entries to come lie in. The one before is full then.
    void fileIs(long start) {
        if (start == growingStart) {
            return;
        }
        if (growingStart != NONE) {
            if (onDiskUpTo == start) {
                growing.forEach(begun -> begun.run().indexed());
            } else {
                synchronized (full) {
                    full.add(new FullFile(growingStart, start, growing));
                }
            }
        }
        growing = new ArrayList<>();
        growingStart = start;
        onDiskUpTo = NONE;
    }

    /// The same during recovery: the run index may be there already, and is used if it is whole and tells
    /// of the whole file.
    void recoveredFileIs(long start) {
        fileIs(start);
        try {
            onDiskUpTo = indexes.verifiedEnd(start);
        } catch (IOException e) {
            notices.accept(e.getMessage() + "; it is written again from its journal file");
        }
    }

    /// A stream has its first entry in the file that grows.
    void begun(long streamId, Run run) {
        growing.add(new Begun(streamId, run));
    }

    /// Writes the run indexes of full files; after each, the memory of its runs is given back. What
    /// cannot be written stays in memory and is tried again at the next call.
    ///
    /// @throws IOException if one could not be written
    void writeFull() throws IOException {
        FullFile next = peek();
        while (next != null) {
            write(next);
            synchronized (full) {
                full.remove();
            }
            next = peek();
        }
    }

    private @Nullable FullFile peek() {
        synchronized (full) {
            return full.peek();
        }
    }

    private void write(FullFile file) throws IOException {
        TreeMap<Long, EntryTable> tables = new TreeMap<>();
        for (Begun begun : file.runs()) {
            EntryTable table = begun.run().table();
            if (table != null) {
                tables.put(begun.streamId(), table);
            }
        }
        indexes.write(file.start(), file.end(), tables);
        file.runs().forEach(begun -> begun.run().indexed());
    }
}
