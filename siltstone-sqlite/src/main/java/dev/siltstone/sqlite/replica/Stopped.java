package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;

/// It ended, for good.
///
/// @param left what stays open because the process ends: were it closed, or collected as garbage, the last connection
///     would take the WAL with it
record Stopped(ReplicatorState left) implements ReplicatorState {
    @Override
    public Phase phase() {
        return Phase.STOPPED;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) {
        return new Turn(this, Driver.OVER);
    }

    @Override
    public void letGo() {
        // what is left is to stay
    }
}
