package dev.siltstone.journal;

/// Called while [Journal#open] scans, oldest first, by the opening thread. If [#entry] throws, the journal
/// stays shut.
public interface JournalReplay extends EntryVisitor {
    /// Returns the position from which the caller needs the log: a journal whose oldest file starts after
    /// it misses a file, and is damaged. Whoever drops files must override this.
    default long neededFrom() {
        return 0;
    }

    /// The entries that follow lie in the file that starts here.
    void file(long start);
}
