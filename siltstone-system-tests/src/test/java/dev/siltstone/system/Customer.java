package dev.siltstone.system;

import java.io.IOException;

/// Somebody who uses a server until it dies under him, and remembers what it acknowledged.
///
/// Not thread-safe; each has a thread of its own while the server runs, and none while it is checked.
interface Customer {
    /// Sends a few requests. An [IOException] is the server's death: the request under way may have taken
    /// effect, or not.
    void step(HttpConnection connection) throws IOException;

    /// After the restart: everything acknowledged is there, everything else is there once or not at all.
    /// May settle what was open by sending it again.
    void check(HttpConnection connection) throws IOException;
}
