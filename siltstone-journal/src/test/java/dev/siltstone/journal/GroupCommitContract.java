package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What group commit does, whoever leads.
abstract class GroupCommitContract {
    static final int CAPACITY = 64;

    final ManualClock clock = new ManualClock();
    final RecordingHandler handler = new RecordingHandler();
    final AtomicInteger threadsStarted = new AtomicInteger();
    private final List<Thread> started = new ArrayList<>();
    private GroupCommit<Integer> groupCommit = groupCommit(mode());

    abstract LeaderMode mode();

    GroupCommit<Integer> groupCommit(LeaderMode mode) {
        ThreadFactory threads =
                task -> {
                    threadsStarted.incrementAndGet();
                    Thread thread = Thread.ofPlatform().daemon().name("leader").unstarted(task);
                    started.add(thread);
                    return thread;
                };
        return new GroupCommit<>(handler, CAPACITY, mode, threads, clock);
    }

    GroupCommit<Integer> groupCommit() {
        return groupCommit;
    }

    @AfterEach
    void stop() {
        handler.gate.release(1_000_000);
        groupCommit.close();
        assertThat(started).noneMatch(Thread::isAlive);
    }

    @Test
    void commitsInTheOrderOfSubmission() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            assertThat(groupCommit.submit(i)).isTrue();
            groupCommit.lead();
            handler.awaitCommitted(i + 1);
        }
        assertThat(handler.committed()).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void commitsManyAtOnce() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            groupCommit.submit(i);
        }
        groupCommit.lead();
        handler.awaitCommitted(50);

        assertThat(handler.commits.get()).isEqualTo(1);
    }

    @Test
    void commitsEarlierWhenABatchIsFull() throws InterruptedException {
        handler.batchMax = 10;
        for (int i = 0; i < 50; i++) {
            groupCommit.submit(i);
        }
        groupCommit.lead();
        handler.awaitCommitted(50);

        assertThat(handler.commits.get()).isEqualTo(5);
        assertThat(handler.committed()).isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @Test
    void refusesWhatTheQueueCannotHold() throws InterruptedException {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(groupCommit.submit(i)).isTrue();
        }
        assertThat(groupCommit.submit(CAPACITY)).isFalse();
        assertThat(groupCommit.isClosed()).isFalse();
        groupCommit.lead();
        handler.awaitCommitted(CAPACITY);
        assertThat(groupCommit.submit(CAPACITY)).isTrue();
    }

    @Test
    void takesWhatIsSubmittedDuringACommitIntoTheNextBatch() throws InterruptedException {
        handler.gate.drainPermits();
        groupCommit.submit(0);
        Thread leader = Thread.ofPlatform().start(groupCommit::lead);
        handler.inCommit.acquire();
        for (int i = 1; i <= 10; i++) {
            groupCommit.submit(i);
            groupCommit.lead(); // returns at once: somebody leads
        }
        handler.gate.release(2);
        handler.awaitCommitted(11);
        leader.join();

        assertThat(handler.commits.get()).isEqualTo(2);
    }

    @Test
    void finishesWhatItAcceptedWhenClosed() {
        for (int i = 0; i < 50; i++) {
            groupCommit.submit(i);
        }
        groupCommit.close();

        assertThat(handler.committed()).hasSize(50);
        assertThat(groupCommit.submit(50)).isFalse();
        assertThat(groupCommit.isClosed()).isTrue();
        groupCommit.lead();
        groupCommit.close();
        assertThat(handler.committed()).hasSize(50);
    }

    @Test
    void closesWhileSomebodyLeads() throws InterruptedException {
        handler.gate.drainPermits();
        groupCommit.submit(0);
        Thread leader = Thread.ofPlatform().start(groupCommit::lead);
        handler.inCommit.acquire();
        groupCommit.submit(1);
        Thread closer = Thread.ofPlatform().start(groupCommit::close);
        handler.gate.release(2);
        closer.join();
        leader.join();

        assertThat(handler.committed()).containsExactly(0, 1);
    }

    @Test
    void idlesOnlyWithNothingQueued() throws InterruptedException {
        groupCommit.whenIdle();
        assertThat(handler.idles.get()).isEqualTo(1);

        groupCommit.submit(0);
        groupCommit.whenIdle();
        handler.awaitCommitted(1);
        assertThat(handler.idles.get()).isEqualTo(1);
    }

    @Test
    void doesNotIdleOnceClosed() {
        groupCommit.close();
        groupCommit.whenIdle();

        assertThat(handler.idles.get()).isZero();
    }

    @Test
    void goesOnWhenACompletionSubmitsAgain() throws InterruptedException {
        handler.afterCommit =
                () -> {
                    if (handler.commits.get() < 5) {
                        groupCommit.submit(handler.commits.get());
                        groupCommit.lead();
                    }
                };
        groupCommit.submit(0);
        groupCommit.lead();
        handler.awaitCommitted(5);

        assertThat(handler.committed()).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void losesNothingUnderManyThreads() throws InterruptedException {
        long seed = Long.getLong("siltstone.seed", 20261121L);
        int threads = 6;
        int each = 20_000;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> submitters = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            SplittableRandom random = new SplittableRandom(seed + t);
            submitters.add(
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                            .start(() -> submitAll(begin, first, each, random)));
        }
        Thread idler =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                groupCommit.whenIdle();
                                LockSupport.parkNanos(50_000);
                            }
                        });
        begin.countDown();
        for (Thread submitter : submitters) {
            submitter.join();
        }
        handler.awaitCommitted(threads * each);
        idler.interrupt();
        idler.join();

        String repeat = "repeat with -Dsiltstone.seed=" + seed;
        assertThat(failure.get()).as(repeat).isNull();
        assertThat(handler.overlap.get()).as(repeat).isZero();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            assertThat(handler.committed().stream().filter(i -> i >= first && i < first + each))
                    .as(repeat)
                    .isEqualTo(IntStream.range(first, first + each).boxed().toList());
        }
    }

    private void submitAll(CountDownLatch begin, int first, int each, SplittableRandom random) {
        try {
            begin.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        int next = first;
        while (next < first + each) {
            int burst = Math.min(first + each - next, 1 + random.nextInt(8));
            for (int i = 0; i < burst; i++, next++) {
                while (!groupCommit.submit(next)) {
                    groupCommit.lead();
                    Thread.onSpinWait();
                }
            }
            groupCommit.lead();
            if (random.nextInt(20) == 0) {
                // wait until all of it is there: whoever is missed now is never seen
                handler.awaitCommittedValue(next - 1);
            }
        }
    }

    @Test
    void refusesForGoodWhenTheHandlerBreaksItsPromise() {
        handler.afterCommit =
                () -> {
                    throw new IllegalStateException("a bug");
                };
        GroupCommit<Integer> caller = groupCommit(LeaderMode.CALLER);
        caller.submit(1);

        assertThatThrownBy(caller::lead).hasMessage("a bug");
        assertThat(caller.submit(2)).isFalse();
        assertThat(caller.isClosed()).isTrue();
        caller.close();
    }

    /// Remembers what it committed, and whether two threads were in it at once.
    final class RecordingHandler implements BatchHandler<Integer> {
        final AtomicInteger commits = new AtomicInteger();
        final AtomicInteger idles = new AtomicInteger();
        final AtomicInteger overlap = new AtomicInteger();

        /// A commit takes a permit; there are plenty unless a test takes them away.
        final Semaphore gate = new Semaphore(100_000_000);

        final Semaphore inCommit = new Semaphore(0);
        volatile Duration commitTakes = Duration.ZERO;
        volatile Duration answersTake = Duration.ZERO;
        volatile Runnable afterCommit = () -> {};
        int batchMax = Integer.MAX_VALUE;

        private final AtomicInteger inside = new AtomicInteger();
        private final List<Integer> batch = new ArrayList<>();
        private final List<Integer> committed = new ArrayList<>();
        private final BitSet values = new BitSet();

        @Override
        public boolean add(Integer command) {
            enter();
            try {
                return batch.size() < batchMax && batch.add(command);
            } finally {
                leave();
            }
        }

        @Override
        public void commit() {
            enter();
            try {
                commits.incrementAndGet();
                inCommit.release();
                gate.acquireUninterruptibly();
                clock.advance(commitTakes);
                synchronized (committed) {
                    committed.addAll(batch);
                    batch.forEach(values::set);
                    committed.notifyAll();
                }
                batch.clear();
            } finally {
                leave();
            }
        }

        @Override
        public void answer() {
            enter();
            clock.advance(answersTake);
            leave();
            afterCommit.run();
        }

        @Override
        public void idle() {
            enter();
            idles.incrementAndGet();
            leave();
        }

        private void enter() {
            if (inside.getAndIncrement() != 0) {
                overlap.incrementAndGet();
            }
        }

        private void leave() {
            inside.decrementAndGet();
        }

        List<Integer> committed() {
            synchronized (committed) {
                return List.copyOf(committed);
            }
        }

        void awaitCommitted(int count) throws InterruptedException {
            synchronized (committed) {
                while (committed.size() < count) {
                    committed.wait();
                }
            }
        }

        void awaitCommittedValue(int value) {
            synchronized (committed) {
                while (!values.get(value)) {
                    try {
                        committed.wait();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }
    }
}
