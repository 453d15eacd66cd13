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

    /// All entries were shown. Nothing was changed until here, and nothing will be if this throws.
    ///
    /// @param position one past the last whole batch; 0 for a new journal
    /// @throws java.io.IOException if the caller misses something; the journal stays shut
    default void end(long position) throws java.io.IOException {}
}
