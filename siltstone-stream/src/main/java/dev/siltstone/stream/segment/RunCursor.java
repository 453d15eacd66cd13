package dev.siltstone.stream.segment;

import java.io.IOException;

/// Goes over the runs of one file by ascending key. Stands before the first to begin with.
///
/// Not thread-safe; ends when the file is closed.
public interface RunCursor {
    /// Goes on to the next run.
    ///
    /// @return whether there is one
    boolean next() throws IOException;

    /// Returns the key of the run it stands at.
    long key();

    /// Returns the run it stands at, which may be used after the cursor went on.
    RunSource run() throws IOException;
}
