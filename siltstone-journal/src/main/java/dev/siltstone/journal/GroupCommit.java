package dev.siltstone.journal;

import dev.siltstone.io.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Gathers commands of many threads into batches that share one force. One thread at a time *leads*: it
/// drains the queue into the handler and has it commit.
///
/// Nothing is left behind in the queue: a command is queued before its caller tries to lead, and a leader
/// looks at the queue again after it has given the lead up. So either the caller leads, or the leader of the
/// moment sees the command.
///
/// A caller leads [#BATCHES_PER_CALL] batches at most; if commands still keep coming, it hands over to the
/// thread of this group commit, which leads until the queue is empty. So no event loop works for the others
/// without end.
///
/// Thread-safe, except for [#close()].
public final class GroupCommit<C> implements AutoCloseable {
    static final int BATCHES_PER_CALL = 16;
    static final long SLOW_COMMIT_NANOS = 500_000;

    /// Below this a slow disk counts as quick again: not the same bound, so that it does not flutter.
    static final long QUICK_COMMIT_NANOS = 350_000;

    /// The median is followed by an eighth of itself with each commit.
    private static final int MEDIAN_SHIFT = 3;

    private static final long MEDIAN_NANOS_FIRST = 100_000;

    private final BatchHandler<C> handler;
    private final CommandQueue<C> queue;
    private final LeaderMode mode;
    private final ThreadFactory threads;
    private final NanoClock clock;
    private final Semaphore leadership = new Semaphore(1);

    // the leader's
    private final List<C> drained = new ArrayList<>();
    private long medianCommitNanos = MEDIAN_NANOS_FIRST;

    private volatile boolean slow;
    private volatile boolean parked;
    private volatile boolean stopped;
    private volatile @Nullable Throwable broken;
    private volatile @Nullable Thread thread;

    /// @param queueCapacity bound of commands that wait
    /// @param threads makes the one thread of its own, when it is first needed
    /// @param clock measures commits
    public GroupCommit(
            BatchHandler<C> handler,
            int queueCapacity,
            LeaderMode mode,
            ThreadFactory threads,
            NanoClock clock) {
        this.handler = handler;
        this.queue = new CommandQueue<>(queueCapacity);
        this.mode = mode;
        this.threads = threads;
        this.clock = clock;
    }

    /// Queues a command. Call [#lead()] after the last one.
    ///
    /// @return whether it was accepted; `false` if the queue is full, or closed: [#isClosed()] tells
    public boolean submit(C command) {
        return queue.offer(command);
    }

    /// Sees to it that what was submitted is committed: leads, if nobody else does, or wakes who will.
    public void lead() {
        if (usesThread() || !leadForAWhile()) {
            wakeThread();
        }
    }

    private boolean usesThread() {
        return switch (mode) {
            case CALLER -> false;
            case DEDICATED -> true;
            case ADAPTIVE -> slow;
        };
    }

    /// Leads until the queue is empty or somebody else leads.
    ///
    /// @return `false` if it stopped because of its bound
    private boolean leadForAWhile() {
        int left = BATCHES_PER_CALL;
        while (broken == null && !queue.isEmpty() && leadership.tryAcquire()) {
            try {
                while (left > 0 && runBatch()) {
                    left--;
                }
            } finally {
                leadership.release();
            }
            if (left == 0) {
                return queue.isEmpty();
            }
        }
        return true;
    }

    /// Commits what is queued now. What comes meanwhile is for the next batch.
    ///
    /// @return whether there was anything
    private boolean runBatch() {
        queue.drainTo(drained);
        if (drained.isEmpty()) {
            return false;
        }
        int added = 0;
        try {
            for (; added < drained.size(); added++) {
                add(drained.get(added));
            }
            commit();
        } catch (RuntimeException | Error e) {
            breakDown(added, e);
            throw e;
        } finally {
            drained.clear();
        }
        return true;
    }

    /// A mistake in the handler: nothing can be decided any more, but nobody is left waiting.
    private void breakDown(int added, Throwable cause) {
        broken = cause;
        queue.close();
        List<C> left = new ArrayList<>(drained.subList(added, drained.size()));
        queue.drainTo(left);
        handler.broken(left, cause);
    }

    private void add(C command) {
        if (handler.add(command)) {
            return;
        }
        commit();
        if (!handler.add(command)) {
            throw new IllegalStateException("an empty batch did not take " + command);
        }
    }

    /// What follows the force is not measured: hundreds of answers take longer, and say nothing of the disk.
    private void commit() {
        long start = clock.nanoTime();
        handler.commit();
        follow(clock.nanoTime() - start);
        handler.answer();
        slow = medianCommitNanos > (slow ? QUICK_COMMIT_NANOS : SLOW_COMMIT_NANOS);
    }

    /// Not the average: a disk that is quick mostly, and stands still now and then, is quick.
    private void follow(long nanos) {
        long step = medianCommitNanos >> MEDIAN_SHIFT;
        medianCommitNanos += nanos > medianCommitNanos ? Math.max(step, 1) : -step;
    }

    /// Has the handler do what it does when nothing is queued, unless somebody leads.
    public void whenIdle() {
        if (!leadership.tryAcquire()) {
            return;
        }
        try {
            if (queue.isEmpty() && !stopped && broken == null) {
                handler.idle();
            }
        } finally {
            leadership.release();
        }
        if (!queue.isEmpty()) {
            lead();
        }
    }

    /// Returns what the handler threw, which ended this group commit; `null` while all is well.
    public @Nullable Throwable failure() {
        return broken;
    }

    /// Says whether [#submit] refuses for good.
    public boolean isClosed() {
        return queue.isClosed();
    }

    /// Refuses new commands, commits those queued, and stops. Not to be called by the handler.
    @Override
    public void close() {
        queue.close();
        leadership.acquireUninterruptibly();
        try {
            drainAll();
            stopped = true;
        } finally {
            leadership.release();
        }
        stopThread();
    }

    private void stopThread() {
        Thread running = thread;
        boolean interrupted = false;
        while (running != null && !Thread.currentThread().equals(running) && running.isAlive()) {
            LockSupport.unpark(running);
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wakeThread() {
        Thread running = thread;
        if (running == null) {
            startThread();
        } else if (parked) {
            LockSupport.unpark(running);
        }
    }

    private synchronized void startThread() {
        if (thread == null && !stopped) {
            Thread started = threads.newThread(this::leadLoop);
            thread = started;
            started.start();
        }
    }

    private void leadLoop() {
        while (!stopped && broken == null) {
            if (!queue.isEmpty()) {
                leadAll();
                continue;
            }
            parked = true;
            if (queue.isEmpty() && !stopped) {
                LockSupport.park(this);
            }
            parked = false;
            Thread.interrupted(); // an interrupt would make every further park return at once
        }
    }

    private void leadAll() {
        leadership.acquireUninterruptibly();
        try {
            drainAll();
        } finally {
            leadership.release();
        }
    }

    private void drainAll() {
        boolean more = broken == null;
        while (more) {
            more = runBatch();
        }
    }
}
