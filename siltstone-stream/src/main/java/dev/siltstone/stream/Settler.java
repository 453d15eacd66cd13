package dev.siltstone.stream;

import dev.siltstone.io.NanoClock;
import dev.siltstone.journal.Journal;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Moves what the journal holds into segments, when it is time, and lets go of journal files.
///
/// A pass is made when
///
/// | | it ends |
/// |---|---|
/// | the journal file with the recovery point is full | where that file ends |
/// | something is unsettled for longer than the interval | at the durable end |
/// | too many streams have changed, or so many entries or new streams came that a pass is wanted | at the durable end |
///
/// What fails is said once and tried again; nothing is ever half settled.
///
/// Two platform threads, one for passes and one for compaction, if they are started; otherwise the caller of
/// [#settleDue], [#settleAll] and [#compact], one at a time.
final class Settler implements Closeable {
    /// How often a thread looks whether something is due, at the least.
    private static final long LOOK_NANOS_MAX = 250_000_000;

    private static final long LOOK_NANOS_MIN = 1_000_000;

    /// So long at the least until an entry is followed by another: how often to look for a number of them.
    private static final long ENTRY_NANOS_MIN = 10_000;

    private static final long RETRY_NANOS = 5_000_000_000L;
    private static final long CLOSE_MILLIS = 60_000;

    /// What became durable since the log was opened. For any thread.
    interface Arrivals {
        /// Returns the number of entries.
        long entries();

        /// Returns how many of them create a stream.
        long created();
    }

    private final Journal journal;
    private final LazyCatalog catalog;
    private final SegmentFiles files;
    private final Compaction compaction;
    private final SettlingSettings settings;
    private final long intervalNanos;
    private final long lookNanos;
    private final NanoClock clock;
    private final BooleanSupplier isPressed;
    private final Arrivals arrivals;
    private final LongConsumer settledTo;
    private final Consumer<String> notices;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stopped;
    private @Nullable Thread passes;
    private @Nullable Thread merges;

    /// Since when something is unsettled; of the thread that makes passes.
    private long unsettledSince;

    private boolean unsettled;

    /// What there was when all of it was last settled; set by the thread that makes passes.
    private volatile long entriesSettled;

    private long createdSettled;

    /// @param isPressed says whether too many streams have changed
    /// @param arrivals of the log since it was opened
    /// @param settledTo is told each new recovery point, before journal files go
    Settler(
            Journal journal,
            LazyCatalog catalog,
            SegmentFiles files,
            Compaction compaction,
            SettlingSettings settings,
            NanoClock clock,
            BooleanSupplier isPressed,
            Arrivals arrivals,
            LongConsumer settledTo,
            Consumer<String> notices) {
        this.journal = journal;
        this.catalog = catalog;
        this.files = files;
        this.compaction = compaction;
        this.settings = settings;
        this.intervalNanos = settings.interval().toNanos();
        long wantedNanos = Math.min(settings.entriesWanted(), LOOK_NANOS_MAX) * ENTRY_NANOS_MIN;
        this.lookNanos =
                Math.clamp(
                        Math.min(intervalNanos / 4, wantedNanos), LOOK_NANOS_MIN, LOOK_NANOS_MAX);
        this.clock = clock;
        this.isPressed = isPressed;
        this.arrivals = arrivals;
        this.settledTo = settledTo;
        this.notices = notices;
    }

    void start() {
        passes = start("siltstone-settler", this::settleWhatIsDue);
        merges = start("siltstone-compaction", compaction::step);
    }

    private interface Work {
        /// @return whether there may be more to do
        boolean run() throws IOException;
    }

    private Thread start(String name, Work work) {
        Thread thread =
                Thread.ofPlatform().daemon().name(name).unstarted(() -> keepDoing(name, work));
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
        return thread;
    }

    private void keepDoing(String name, Work work) {
        String told = "";
        boolean more = false;
        boolean failed = false;
        while (await(more ? 0 : failed ? RETRY_NANOS : lookNanos)) {
            try {
                more = work.run();
                failed = false;
                told = "";
            } catch (IOException | RuntimeException e) {
                if (isStopped()) {
                    return;
                }
                more = false;
                failed = true;
                String notice = name + ": " + e.getMessage() + "; it is tried again";
                if (!notice.equals(told)) {
                    notices.accept(notice);
                }
                told = notice;
            }
        }
    }

    /// @return false once it is to end
    private boolean await(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !stopped;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean settleWhatIsDue() throws IOException {
        boolean did = settleDue();
        return did && !isStopped();
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /// Makes a pass if one is due.
    ///
    /// @return whether it made one
    boolean settleDue() throws IOException {
        long from = catalog.point().recoveryPoint();
        long durable = journal.durableEnd();
        if (from >= durable) {
            unsettled = false;
            dropSettled(from);
            return false;
        }
        if (!unsettled) {
            unsettled = true;
            unsettledSince = clock.nanoTime();
        }
        boolean isFull = journal.activeFileStart() > from;
        boolean isOld = clock.nanoTime() - unsettledSince >= intervalNanos;
        boolean areMany =
                entriesWaiting() >= settings.entriesWanted()
                        || arrivals.created() - createdSettled >= settings.createdWanted();
        if (!isFull && !isOld && !areMany && !isPressed.getAsBoolean()) {
            return false;
        }
        settle(from);
        return true;
    }

    /// Settles everything that is durable now.
    void settleAll() throws IOException {
        long durable = journal.durableEnd();
        for (long from = catalog.point().recoveryPoint();
                from < durable;
                from = catalog.point().recoveryPoint()) {
            settle(from);
        }
        dropSettled(durable);
    }

    /// Merges until there is nothing to merge.
    void compact() throws IOException {
        boolean more = true;
        while (more) {
            more = compaction.step();
        }
    }

    /// Returns how many entries are not settled, or being settled. For any thread.
    long entriesWaiting() {
        return arrivals.entries() - entriesSettled;
    }

    private void settle(long from) throws IOException {
        long entries = arrivals.entries();
        long created = arrivals.created();
        boolean all = journal.activeFileStart() <= from;
        long to = journal.fileEnd(from);
        if (to > from) {
            SegmentRow _ =
                    new SettlePass(journal, catalog.open(), files, settings.promotedEntryBytesMin())
                            .settleTo(to);
            settledTo.accept(to);
        }
        if (all) {
            entriesSettled = entries;
            createdSettled = created;
        }
        unsettled = false;
        dropSettled(to);
    }

    /// The active file stays, even if all in it is settled.
    private void dropSettled(long to) throws IOException {
        if (journal.firstFileStart() < journal.activeFileStart()) {
            files.atPace(() -> journal.dropBefore(to));
        }
    }

    /// Ends both threads; what they are writing is given up, and done again after the next start.
    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        files.stop();
        join(passes);
        join(merges);
    }

    private static void join(@Nullable Thread thread) {
        if (thread == null) {
            return;
        }
        try {
            Objects.requireNonNull(thread).join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
