package dev.siltstone.stream;

import dev.siltstone.io.NanoClock;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// How fast the log writes in the background, beside the appends that wait for the journal's forces.
///
/// A force of the journal overwrites blocks that it has, and is quick. One that comes while the file system notes
/// the new blocks and names of other files waits for that note: `bench/force-beside.c` shows what it costs on ext4.
/// Bytes that travel to the disk without a note cost the journal only their share of the disk. So whoever works on the
/// disk in the background rests afterwards, if somebody appends at all, and most after a note: a few such notes in a
/// second would be met by one append in a hundred. One thread at a time has the file system note something, or rests
/// from that.
///
/// | lag, see [Demand#lag] | rest for each nanosecond of writing | of noting |
/// |---|---|---|
/// | 0, the usual case | 9 | 199 |
/// | between | fewer, in proportion | fewer |
/// | 1 or more | none: what must be settled comes before what waits | none |
///
/// Thread-safe.
final class Pace {
    static final int WRITE_RESTS = 9;
    static final int NOTE_RESTS = 199;

    /// Of one rest, so that a disk that stood still is not followed by minutes without work.
    private static final long REST_NANOS_MAX = 4_000_000_000L;

    /// How often a rest looks whether anybody appends.
    private static final long SLICE_NANOS = 20_000_000;

    /// Without an append for so long nobody rests.
    private static final long QUIET_NANOS = 50_000_000;

    /// What the work in the background stands beside.
    interface Demand {
        /// Returns a position that grows with each append.
        long durableEnd();

        /// Returns how far the work in the background is behind, 0 for not to speak of, 1 for so far that it must not
        /// rest at all.
        double lag();
    }

    /// Something that has the disk work.
    interface Work {
        void run() throws IOException;
    }

    private static final Demand NONE =
            new Demand() {
                @Override
                public long durableEnd() {
                    return 0;
                }

                @Override
                public double lag() {
                    return 1;
                }
            };

    private final NanoClock clock;
    private final LongConsumer rest;
    private final ReentrantLock noting = new ReentrantLock();
    private volatile Demand demand = NONE;
    private volatile boolean stopped;

    /// When and to where the durable end moved last, as far as anybody looked.
    private volatile long lastMove;

    private volatile long lastEnd = -1;

    /// @param rest waits so many nanoseconds, or shorter
    Pace(NanoClock clock, LongConsumer rest) {
        this.clock = clock;
        this.rest = rest;
    }

    /// Returns one that is as fast as the disk.
    static Pace full() {
        return new Pace(() -> 0, _ -> {});
    }

    /// Says what there is beside the work. Until then nothing rests.
    void follow(Demand newDemand) {
        demand = newDemand;
    }

    /// Has bytes travel to the disk, and rests, also if that fails.
    void write(Work work) throws IOException {
        run(work, WRITE_RESTS);
    }

    /// Has the file system note something, by a force of what is new, and rests, also if that fails.
    void note(Work work) throws IOException {
        noting.lock();
        try {
            run(work, NOTE_RESTS);
        } finally {
            noting.unlock();
        }
    }

    private void run(Work work, int rests) throws IOException {
        long start = clock.nanoTime();
        try {
            work.run();
        } finally {
            rest((clock.nanoTime() - start) * rests);
        }
    }

    private void rest(long nanos) {
        long rested = 0;
        while (rested < share(nanos) && isSomebodyAppending()) {
            long slice = Math.min(share(nanos) - rested, SLICE_NANOS);
            rest.accept(slice);
            rested += slice;
        }
    }

    private boolean isSomebodyAppending() {
        long now = clock.nanoTime();
        long end = demand.durableEnd();
        if (end != lastEnd) {
            lastEnd = end;
            lastMove = now;
        }
        return now - lastMove <= QUIET_NANOS;
    }

    private long share(long nanos) {
        double share = stopped ? 0 : Math.clamp(1 - demand.lag(), 0, 1);
        return Math.min((long) (nanos * share), REST_NANOS_MAX);
    }

    /// Has nobody rest any more: the log is being closed.
    void stop() {
        stopped = true;
    }

    /// Returns how far `value` is on its way from `start` to `end`: 0 at most at the start, 1 at the end.
    static double lag(long value, long start, long end) {
        return (double) (value - start) / Math.max(1, end - start);
    }

    NanoClock clock() {
        return clock;
    }
}
