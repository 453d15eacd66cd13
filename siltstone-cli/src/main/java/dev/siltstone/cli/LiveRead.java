package dev.siltstone.cli;

import java.io.IOException;

/// One way of following a stream.
interface LiveRead {
    /// Writes out what comes after `place`, and advances it, until the connection or the stream ends.
    ///
    /// @throws Reply.ConnectionLost if the connection broke; everything before `place` was written, and
    ///     nothing after it
    void follow(Place place) throws IOException, CommandFailure, InterruptedException;
}
