package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import org.jspecify.annotations.Nullable;

/// How the replication of a database stands.
///
/// @param phase what it is doing
/// @param local the last transaction that is durable on this machine; zero if there is none
/// @param remote the last transaction that the destination is known to have; zero if there is none
/// @param walFrames committed frames in the WAL
/// @param backlogBytes bytes that are durable here and not yet there
/// @param problem what keeps it from going on; null if nothing does
public record ReplicaStatus(
        Phase phase,
        Txid local,
        Txid remote,
        long walFrames,
        long backlogBytes,
        @Nullable String problem) {
    /// What a replication is doing.
    ///
    /// ```
    /// WAITING -> ATTACHING -> FOLLOWING <-> HOLDING
    ///    ^           |  \---> COPYING -> FOLLOWING
    ///    \-----------/ (the file is gone, or replaced; the hold was lost)
    /// any of them -> STOPPED (final)
    /// ```
    public enum Phase {
        /// There is no database.
        WAITING,
        /// It takes hold of the WAL, and finds out what it missed.
        ATTACHING,
        /// It reads the whole database.
        COPYING,
        /// It captures what is committed, and makes transactions of it.
        FOLLOWING,
        /// Too much is waiting to be uploaded: the WAL keeps what is committed, and grows.
        HOLDING,
        /// It ended: closed, or another writer has taken over, or a force failed.
        STOPPED
    }

    /// Returns this with what keeps it from going on.
    ReplicaStatus withProblem(String what) {
        return new ReplicaStatus(phase, local, remote, walFrames, backlogBytes, what);
    }
}
