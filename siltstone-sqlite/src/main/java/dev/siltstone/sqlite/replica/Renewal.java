package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// When the holder of a WAL is renewed, and when we copy frames to the database file.
///
/// A holder is renewed when enough has come, or when nothing comes any more: a foreign checkpoint may be waiting for
/// us, with the write lock in its hands. Frames are copied by us only where others leave many, or where it is quiet:
/// a foreign checkpoint that meets ours is refused by SQLite without waiting.
///
/// Not thread-safe; belongs to the thread of the hold.
final class Renewal {
    private final WalHold hold;
    private final Captures captures;
    private final HoldSettings bounds;
    private WalIndex last = new WalIndex(-1, -1);
    private long lastChange;
    private long nextSeal;

    Renewal(Held held, HoldSettings bounds) {
        this.hold = held.hold();
        this.captures = held.captures();
        this.bounds = bounds;
    }

    /// Returns the committed frames that there were at the last look.
    long frames() {
        return last.frames();
    }

    /// Looks at the WAL, and does what is due.
    ///
    /// @return whether anything happened
    boolean renewIfDue(long now) throws IOException {
        WalIndex index = hold.noop();
        if (!index.equals(last)) {
            last = index;
            lastChange = now;
        }
        long quiet = now - lastChange;
        if (index.equals(hold.rolledAt())) {
            if (!index.isAllBackfilled() && quiet > bounds.rest().toNanos()) {
                hold.passive();
                lastChange = now;
            }
            return false;
        }
        long behind = index.frames() - captures.last().end().frame();
        boolean much = behind >= bounds.rollFrames() || behind < 0;
        boolean still = quiet >= bounds.still().toNanos();
        boolean old = now - hold.rolledNanos() > bounds.tick().toNanos();
        if ((much || still || old)
                && hold.roll()
                && hold.rolledAt().frames() > bounds.passiveFrames()) {
            checkpoint(now);
        }
        return true;
    }

    /// Copies frames to the database file until a holder begins when nothing is left: such a one does not keep the
    /// next writer from beginning the WAL anew. If much is left after some rounds, the writer is too quick for that.
    private void checkpoint(long now) throws IOException {
        for (int round = 0; round < bounds.preludes(); round++) {
            WalIndex after = hold.passive();
            if (!hold.roll() || after.isAllBackfilled()) {
                return;
            }
        }
        if (hold.rolledAt().notBackfilled() > bounds.sealFrames()
                && now >= nextSeal
                && !hold.seal()) {
            nextSeal = now + ReplicatorParts.RETRY_NANOS;
        }
    }

    /// Captures everything that is committed now, durably.
    void captureAll() throws IOException {
        if (!hold.noop().equals(hold.rolledAt()) && !hold.roll()) {
            hold.look();
            hold.force();
        }
    }
}
