package dev.siltstone.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Decides which streams stay in memory.
///
/// ```
///                   entry                         its last entry is settled
///   loaded -> IDLE -------> CHANGED (by last entry) -----------------------> IDLE (by last use)
///              |  ^                                                           |
///              |  `---- used since the last look, watched, has resident forks, use not persisted
///              `----> out, the longest unused first, until few enough are left
/// ```
///
/// Works in slices, so that nobody waits for long: each [#tidy] looks at a few hundred streams, and at some
/// more for each that came or changed since the last, so that leaving keeps up with coming. It says whether
/// there is more to do.
///
/// Owned by the leader, except where it says otherwise.
final class Residents {
    /// Streams looked at in a slice at least.
    private static final int SLICE = 256;

    /// Looks for each stream that came or changed: it is taken from a list, and looked at once or twice.
    private static final int LOOKS_EACH = 8;

    /// So many loaded streams may wait until the leader takes note of them.
    private static final int ARRIVALS_WANTED = 1024;

    private final LogState state;
    private final Streams streams;
    private final int idleMax;
    private final int changedMax;
    private final long unsettledBytesMax;
    private final StreamList changed = new StreamList();
    private final StreamList idle = new StreamList();
    private final List<LiveStream> unpersisted = new ArrayList<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile BooleanSupplier asking = () -> false;
    private volatile long settledTo;
    private volatile int changedCount;
    private int looksLeft;
    private int changes;

    /// @param settledTo the recovery point
    /// @param unsettledBytesMax bytes of the log that may be unsettled
    Residents(
            LogState state,
            Streams streams,
            long settledTo,
            ResidencySettings settings,
            long unsettledBytesMax) {
        this.unsettledBytesMax = unsettledBytesMax;
        this.state = state;
        this.streams = streams;
        this.settledTo = settledTo;
        this.idleMax = settings.idleMax();
        this.changedMax = settings.changedMax();
    }

    // --- any thread ---

    /// Says how the leader is asked for [#tidy]: returns false if it cannot be now.
    void askBy(BooleanSupplier newAsking) {
        asking = newAsking;
    }

    /// Has the leader tidy soon; somebody must lead.
    ///
    /// @return whether nobody had asked for it yet
    boolean ask() {
        if (!asked.compareAndSet(false, true)) {
            return false;
        }
        boolean accepted = asking.getAsBoolean();
        if (!accepted) {
            asked.set(false);
        }
        return accepted;
    }

    /// The same after a stream was loaded, if there may be reason to.
    boolean askIfMany() {
        return (streams.arrivals() > ARRIVALS_WANTED
                        || streams.count() - changedCount > idleMax + SLICE + idleMax / 8)
                && ask();
    }

    /// All entries before a position are in the catalog, durably, and no read needs their place in memory.
    void settled(long position) {
        if (position > settledTo) {
            settledTo = position; // by one thread only
        }
        boolean _ = ask();
    }

    /// Returns how many streams have entries that are not settled.
    int changedCount() {
        return changedCount;
    }

    /// Returns how many bytes of the log are unsettled.
    long unsettledBytes(long durableEnd) {
        return durableEnd - settledTo;
    }

    // --- the leader ---

    /// A stream is needed by an entry or a decision: the log's state holds it from now on, unless it is
    /// removed.
    void adopt(LiveStream live) {
        List<StreamState> chain = new ArrayList<>(1);
        for (StreamState next = live.known();
                next != null
                        && next.status() != StreamState.Status.REMOVED
                        && state.find(next.id) == null;
                next = next.source) {
            chain.add(next);
        }
        chain.reversed().forEach(state::install);
    }

    /// An entry changed a stream.
    void changed(LiveStream live) {
        changed.addLast(live);
        changedCount = changed.size();
        changes++;
    }

    /// Says whether a stream that is settled, or new, must not be changed: the settler is behind.
    boolean isFull() {
        return changed.size() >= changedMax;
    }

    /// Returns how many streams that are settled, or new, may be changed before [#isFull].
    int room() {
        return changedMax - changed.size();
    }

    /// Says whether so much is unsettled that nothing may be added: the settler cannot follow, or fails.
    boolean isBehind(long durableEnd) {
        return unsettledBytes(durableEnd) > unsettledBytesMax;
    }

    /// Says whether a stream has entries that are not settled.
    boolean isChanged(StreamState stream) {
        return stream.changedAt() >= settledTo;
    }

    /// Looks at some streams and lets those leave that may.
    ///
    /// @return whether there are more to look at
    boolean tidy() {
        asked.set(false);
        int arrived = takeArrivals(Integer.MAX_VALUE);
        int left = SLICE + LOOKS_EACH * (arrived + changes);
        changes = 0;
        boolean[] more = new boolean[1];
        boolean evicted = streams.tryEvict(() -> more[0] = tidy(left));
        return more[0] || !evicted || streams.arrivals() > 0;
    }

    /// Takes note of all streams that were loaded.
    void takeArrivals() {
        var _ = takeArrivals(Integer.MAX_VALUE);
    }

    private int takeArrivals(int max) {
        int taken = 0;
        for (LiveStream next = poll(taken, max); next != null; next = poll(taken, max)) {
            taken++;
            if (next.list == null && next.isResident()) {
                idle.addLast(next);
            }
        }
        return taken;
    }

    private @Nullable LiveStream poll(int taken, int max) {
        return taken < max ? streams.pollArrival() : null;
    }

    private boolean tidy(int max) {
        int left = max;
        long settled = settledTo;
        LiveStream first = changed.first();
        for (; left > 0 && first != null && first.known().changedAt() < settled; left--) {
            idle.addLast(first);
            if (first.known().status() == StreamState.Status.REMOVED) {
                evictWithSources(first, true);
            }
            first = changed.first();
        }
        changedCount = changed.size();
        if (looksLeft == 0) {
            looksLeft = idle.size();
        }
        for (; left > 0 && looksLeft > 0 && idle.size() > idleMax; left--) {
            looksLeft--;
            look();
        }
        if (idle.size() <= idleMax) {
            looksLeft = 0;
        }
        return looksLeft > 0 || (first != null && first.known().changedAt() < settled);
    }

    private void look() {
        LiveStream live = idle.first();
        if (live != null && (live.wasUsed() || !evictWithSources(live, false))) {
            idle.addLast(live);
            if (!live.lastUse().isPersisted()) {
                unpersisted.add(live);
            }
        }
    }

    /// @param removedOnly whether of the sources only those go that nobody will ask for again
    private boolean evictWithSources(LiveStream live, boolean removedOnly) {
        if (!evict(live)) {
            return false;
        }
        LiveStream next = live.source();
        while (next != null && next.list == idle && mayFollow(next, removedOnly) && evict(next)) {
            next = next.source();
        }
        return true;
    }

    private boolean mayFollow(LiveStream source, boolean removedOnly) {
        return source.known().status() == StreamState.Status.REMOVED
                || (!removedOnly && idle.size() > idleMax && !source.wasUsed());
    }

    private boolean evict(LiveStream live) {
        if (!streams.evict(live)) {
            return false;
        }
        state.forget(live.known());
        StreamList.remove(live);
        return true;
    }

    /// Returns the streams that stayed only because their last use is not in the log, since the last call.
    List<LiveStream> takeUnpersisted() {
        List<LiveStream> taken = List.copyOf(unpersisted);
        unpersisted.clear();
        return taken;
    }
}
