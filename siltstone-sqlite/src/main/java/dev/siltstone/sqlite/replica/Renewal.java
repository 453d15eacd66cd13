package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// When the holder of a WAL is renewed, when frames are captured, and when we copy some to the database file.
///
/// | What | When | Why |
/// |---|---|---|
/// | capture | enough has come | so that the next renewal has little to do |
/// | renew | nothing comes any more; all is in the database file; the holder is old, or in the way | a foreign checkpoint may be waiting for us with the write lock in its hands; a holder that begins when nothing is left lets the next writer begin the WAL anew |
/// | `PASSIVE` | after a renewal where the WAL is long, or where it is quiet | else the next commit of the writer pays for it |
/// | sealed checkpoint | the WAL is long, and not too soon after the last one | else it grows beside a writer that never pauses |
///
/// A foreign checkpoint that meets ours is refused by SQLite without waiting, so there are none of ours where others
/// keep the WAL short. Where somebody else copied all while nobody committed, he may wait for us now and the next
/// time: for some seconds we look more often, and leave what is quiet to him. The first one that comes beside a steady
/// writer may wait for a tenth of a second until he is seen.
///
/// Not thread-safe; belongs to the thread of the hold.
final class Renewal {
    private static final long SEAL_NANOS = 250_000_000L;
    private static final long ALERT_NANOS = 10_000_000_000L;
    private static final long STEADY_NANOS = 50_000_000L;

    /// How often a writer is looked at who takes [#SLOW_NANOS] and more for what is captured at once.
    private static final long STEADY_SLOW_NANOS = 100_000_000L;

    private static final long SLOW_NANOS = 500_000_000L;

    private final WalHold hold;
    private final Captures captures;
    private final HoldSettings bounds;
    private final long pollShortest;
    private final long pollLongest;
    private WalIndex last = WalIndex.UNKNOWN;
    private long lastChange;
    private long lastLook;
    private long nextSeal;
    private long alertUntil;
    private long pollNanos;

    Renewal(Held held, ReplicaSettings settings, long now) {
        this.hold = held.hold();
        this.captures = held.captures();
        this.bounds = settings.hold();
        this.pollShortest = settings.pollActive().toNanos();
        this.pollLongest = settings.pollIdle().toNanos();
        this.lastChange = now;
        this.lastLook = now;
        this.nextSeal = now;
        this.alertUntil = now;
        this.pollNanos = pollShortest;
    }

    /// Returns the committed frames that there were at the last look.
    long frames() {
        return last.frames();
    }

    /// Returns how long to wait until the next look.
    long pollNanos() {
        return pollNanos;
    }

    /// Looks at the WAL, and does what is due.
    void renewIfDue(long now) throws IOException {
        WalIndex index = hold.noop();
        long due = due(index, now);
        boolean stands = index.frames() == last.frames();
        boolean fresh = last.equals(hold.rolledAt());
        if (!index.equals(last)) {
            last = index;
            lastChange = now;
        }
        lastLook = now;
        long quiet = now - lastChange;
        if (index.equals(hold.rolledAt())) {
            pollNanos = Math.clamp(pollNanos + pollNanos / 4, pollShortest, pollLongest);
            boolean othersDo = now - alertUntil < 0;
            if (!othersDo && !index.isAllBackfilled() && quiet > bounds.rest().toNanos()) {
                lastChange = now;
                backfill();
            }
            return;
        }
        boolean whole = index.isAllBackfilled();
        boolean still = quiet >= bounds.still().toNanos();
        if (whole && stands) {
            alertUntil = now + ALERT_NANOS;
        }
        pollNanos = whole || still || fresh || now - alertUntil < 0 ? pollShortest : due;
        long behind = behind(index);
        boolean much = behind >= wanted();
        if (whole
                || still
                || now - hold.rolledNanos() > bounds.tick().toNanos()
                || behind < 0
                || (much && isInTheWay())) {
            renew();
        } else if (much) {
            hold.look();
        }
        if (index.frames() > bounds.sealFrames() && now - nextSeal >= 0) {
            nextSeal = now + SEAL_NANOS;
            hold.seal();
        }
    }

    private long behind(WalIndex index) {
        return index.frames() - captures.last().end().frame();
    }

    /// Returns in how long there will be enough to capture, if it comes as it came since the last look.
    private long due(WalIndex index, long now) {
        long came = index.frames() - last.frames();
        long each = came <= 0 ? SLOW_NANOS : (now - lastLook) / came;
        long missing = wanted() - Math.max(0, behind(index));
        boolean slow = each * wanted() >= SLOW_NANOS;
        long longest = slow ? STEADY_SLOW_NANOS : STEADY_NANOS;
        return Math.clamp(each * missing, pollShortest, Math.max(pollShortest, longest));
    }

    /// A holder that began when nothing was left is in the way of every checkpoint until it is renewed; beside it a
    /// writer that checkpoints by itself does so at each commit, in vain.
    private boolean isInTheWay() {
        return hold.rolledAt().isAllBackfilled();
    }

    private long wanted() {
        return isInTheWay() ? bounds.passiveFrames() : bounds.captureFrames();
    }

    private boolean renew() throws IOException {
        if (!hold.roll()) {
            return false;
        }
        if (hold.rolledAt().frames() > bounds.passiveFrames()) {
            backfill();
        }
        return true;
    }

    /// A holder that begins when nothing is left does not keep the next writer from beginning the WAL anew.
    private void backfill() throws IOException {
        if (hold.passive()) {
            hold.roll();
        }
    }

    /// Captures everything that is committed now, durably.
    void captureAll() throws IOException {
        if (!hold.noop().equals(hold.rolledAt()) && !renew()) {
            hold.look();
            hold.force();
        }
    }
}
