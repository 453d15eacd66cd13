package dev.siltstone.server.http;

/// A channel that does not wait for ever. Looked at on every tick of its loop.
interface Timed {
    /// Says whether the time of what it waits for is over. Changes nothing but its own notes.
    ///
    /// @param tick number of the tick, counted by the loop
    boolean isOverdue(int tick);

    /// Ends what took too long.
    void expire();

    /// Ends as soon as what was accepted is done: the server stops.
    void stop();
}
