package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import java.nio.file.Files;

/// There is no database; it may come.
record Waiting(ReplicatorParts parts) implements ReplicatorState {
    @Override
    public Phase phase() {
        return Phase.WAITING;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) {
        if (Files.isRegularFile(parts.database())) {
            return new Turn(new Attaching(parts), now);
        }
        parts.standing().problem(parts.database() + " does not exist");
        return new Turn(this, now + ReplicatorParts.WAIT_NANOS);
    }

    @Override
    public void letGo() {
        // holds nothing
    }
}
