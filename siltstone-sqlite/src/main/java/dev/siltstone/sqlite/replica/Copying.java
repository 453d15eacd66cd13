package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import java.io.IOException;

/// Somebody reads the whole database: the holder stays as it is until it is read, and captures go on.
final class Copying implements ReplicatorState {
    private static final long LOOK_NANOS = 50_000_000L;

    private final ReplicatorParts parts;
    private final Following then;
    private final Pin pin;
    private boolean bumpWanted;

    private Copying(Following then, Pin pin, boolean bumpWanted) {
        this.parts = then.parts();
        this.then = then;
        this.pin = pin;
        this.bumpWanted = bumpWanted;
    }

    /// Reads all because nobody knows what was missed.
    ///
    /// @param pinned the database, as it is at the transaction that this makes
    /// @param asSnapshot whether the destination has nothing. There is a commit of our own after it then:
    ///     Litestream takes the newest file of level 0 for the newest transaction, so that level must not be empty
    static Copying ofAll(Following then, Pin pin, Pinned pinned, boolean asSnapshot)
            throws IOException {
        ReplicaWork work = then.parts().work();
        work.openSums(pinned.view().pageSize(), pinned.txid().previous());
        if (asSnapshot) {
            work.putFirst(pinned.view(), pinned.txid());
        } else {
            work.packMissed(pinned.view(), pinned.txid());
        }
        return new Copying(then, pin, asSnapshot);
    }

    /// Waits until somebody has read what he wants to.
    static Copying until(Pin pin, Following then) {
        return new Copying(then, pin, false);
    }

    @Override
    public Phase phase() {
        return Phase.COPYING;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) throws IOException {
        WalHold hold = then.held().hold();
        if (bumpWanted) {
            bumpWanted = !hold.bump();
        }
        if (pin.isReleased() && !bumpWanted) {
            return new Turn(then, now);
        }
        parts.work().requireNotTaken();
        parts.work().retry();
        parts.standing().walFrames(hold.look().frames());
        hold.force();
        return new Turn(this, now + LOOK_NANOS);
    }

    @Override
    public void letGo() throws IOException {
        pin.lose();
        then.letGo();
    }
}
