package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// What a replicator is doing: one class for each [ReplicaStatus.Phase]. A state does a piece of work per turn, and
/// says who has the next turn, and when.
///
/// Not thread-safe; all states of a replicator belong to its driver's thread.
sealed interface ReplicatorState permits Waiting, Attaching, Copying, Following, Holding, Stopped {
    /// @param next the state that has the next turn
    /// @param nanos when, by the driver's clock; [Driver#OVER] for never
    record Turn(ReplicatorState next, long nanos) {}

    ReplicaStatus.Phase phase();

    /// Does what is due.
    ///
    /// @param now of the driver's clock
    /// @param buffers of the driver's thread
    /// @throws LostHoldException if the WAL is not held any more: the database must be attached anew
    /// @throws SourceException if the database cannot be replicated as it is now; so too
    /// @throws IOException if it cannot go on at all
    Turn run(long now, HoldBuffers buffers) throws IOException;

    /// Closes what it holds of the database; it has no further turn.
    void letGo() throws IOException;
}
