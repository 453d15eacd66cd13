package dev.siltstone.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Called while [Journal#open] scans, oldest first, by the opening thread.
public interface JournalReplay {
    /// Returns the position from which the caller needs the log: a journal whose oldest file starts after
    /// it misses a file, and is damaged. Whoever drops files must override this.
    default long neededFrom() {
        return 0;
    }

    /// The entries that follow lie in the file that starts here.
    void file(long start);

    /// One entry of a whole batch.
    ///
    /// @param position of the entry's header; unique and rising, not dense
    /// @param payload valid only during the call
    /// @throws IOException if the caller cannot make sense of it; the journal stays shut
    void entry(long position, ByteBuffer payload) throws IOException;
}
