package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import java.io.IOException;

/// Too much waits to be uploaded: nothing more is captured, and the holder is not renewed, so that the WAL keeps
/// what is committed, and grows.
record Holding(Following then) implements ReplicatorState {
    @Override
    public Phase phase() {
        return Phase.HOLDING;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) throws IOException {
        then.requireOurs(now);
        if (!then.isFull()) {
            then.parts().standing().problem(null);
            return then.goOn(now);
        }
        Standing standing = then.parts().standing();
        standing.problem(
                "the destination takes nothing; the WAL keeps what is committed, and grows");
        standing.walFrames(then.held().hold().noop().frames());
        return new Turn(this, now + ReplicatorParts.RETRY_NANOS);
    }

    @Override
    public void letGo() throws IOException {
        then.letGo();
    }
}
