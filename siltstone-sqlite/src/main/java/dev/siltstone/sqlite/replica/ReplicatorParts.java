package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.NanoClock;
import java.nio.file.Path;

/// What the states of one replicator share.
///
/// @param steps told of each step of the hold
/// @param files transactions that are made, here and at the destination
/// @param work what takes long
/// @param requests what others want
/// @param standing what others see
record ReplicatorParts(
        Path database,
        MetaDirectory meta,
        ReplicaSettings settings,
        Disk disk,
        NanoClock clock,
        WalHold.Steps steps,
        ReplicaFiles files,
        ReplicaWork work,
        Requests requests,
        Standing standing) {
    /// How long something that is in the way is left alone: another's lock, a full backlog.
    static final long RETRY_NANOS = 20_000_000L;

    /// How long a database that cannot be replicated now is left alone.
    static final long WAIT_NANOS = 1_000_000_000L;
}
