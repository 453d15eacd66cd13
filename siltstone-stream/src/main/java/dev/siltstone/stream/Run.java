package dev.siltstone.stream;

import dev.siltstone.stream.segment.EntryTable;

/// What one stream has in one journal file.
///
/// @param fileStart log position at which the journal file begins
/// @param table its entries
record Run(long fileStart, EntryTable table) {
    /// Returns the wire byte of the stream at which the run begins.
    long base() {
        return table.base();
    }
}
