package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;
import org.jspecify.annotations.Nullable;

/// What one stream has in one journal file.
///
/// The entries are kept in memory while the file grows and until its run index is on disk.
final class Run {
    /// Log position at which the journal file begins.
    final long fileStart;

    /// Wire byte of the stream at which the run begins.
    final long base;

    private volatile @Nullable EntryTable table;

    Run(long fileStart, long base, EntryTable table) {
        this.fileStart = fileStart;
        this.base = base;
        this.table = table;
    }

    /// Returns the entries; `null` once they are in the run index on disk.
    @Nullable EntryTable table() {
        return table;
    }

    /// The run index is on disk: the memory is not needed any more.
    void indexed() {
        table = null;
    }
}
