package dev.siltstone.system.sqlite;

import dev.siltstone.system.Seed;
import dev.siltstone.system.sqlite.SqlProcess.EndedException;
import dev.siltstone.system.sqlite.SqlProcess.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Processes that write one database in WAL mode as strangers do, and are killed with kill -9 now and then.
///
/// What they do is seeded; how it interleaves is not. Each committed transaction raises the counter in
/// `progress(n)` by one, and [History] knows the content at each counter. Thread-safe.
final class WriterFleet implements AutoCloseable {
    private static final int TRANSACTIONS_MAX = 200;
    private static final int TRANSACTIONS_OF_LOOPS_MAX = 3;
    private static final long END_SECONDS_MAX = 120;

    private final Path database;
    private final History history;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();

    private WriterFleet(Path database, History history) {
        this.database = database;
        this.history = history;
    }

    /// Creates the database and begins to write it. The history is written beside it, to `NAME.history`.
    static WriterFleet start(Path database, FleetPlan plan, Seed seed) throws IOException {
        History history =
                History.create(database.resolveSibling(database.getFileName() + ".history"));
        WriterFleet fleet = new WriterFleet(database, history);
        fleet.create(plan);
        int number = 0;
        for (int i = 0; i < plan.shells(); i++) {
            fleet.write(plan, SqlProcess.Kind.SHELL, TRANSACTIONS_MAX, seed.random(++number));
        }
        for (int i = 0; i < plan.jdbcs(); i++) {
            fleet.write(plan, SqlProcess.Kind.JDBC, TRANSACTIONS_MAX, seed.random(++number));
        }
        for (int i = 0; i < plan.loops(); i++) {
            fleet.write(
                    plan, SqlProcess.Kind.SHELL, TRANSACTIONS_OF_LOOPS_MAX, seed.random(++number));
        }
        for (int i = 0; i < plan.readers(); i++) {
            RandomGenerator random = seed.random(++number);
            fleet.begin("reader", () -> fleet.read(plan, random));
        }
        return fleet;
    }

    private void create(FleetPlan plan) throws IOException {
        try (SqlProcess process = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
            process.run("PRAGMA page_size=" + plan.pageSize() + ";", "PRAGMA journal_mode=WAL;");
            process.run(TransactionScript.schema());
            State state = process.state();
            history.add(state.counter(), state.hash());
        } catch (EndedException e) {
            throw new IOException("the database could not be created: " + e.getMessage(), e);
        }
    }

    private void write(
            FleetPlan plan, SqlProcess.Kind kind, int transactionsMax, RandomGenerator random) {
        FleetWriter writer = new FleetWriter(this, plan, kind, transactionsMax, random);
        begin("writer", writer::run);
    }

    /// What a thread of the fleet does until the fleet has ended.
    private interface Work {
        void run() throws Exception;
    }

    private void begin(String name, Work work) {
        threads.add(
                Thread.ofVirtual()
                        .name(name)
                        .start(() -> {
                            try {
                                work.run();
                            } catch (Throwable e) {
                                failure.compareAndSet(null, e);
                                ended.countDown();
                            }
                        }));
    }

    private void read(FleetPlan plan, RandomGenerator random) throws Exception {
        while (!hasEnded()) {
            try (SqlProcess process = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
                process.run("PRAGMA busy_timeout=20000;");
                for (int i = 0; i < TRANSACTIONS_MAX && !hasEnded(); i++) {
                    process.run("BEGIN;", "SELECT count(*) FROM item;");
                    pause(random.nextInt(plan.readMillisMax() + 1) * 1000L);
                    if (random.nextDouble() < plan.killChance()) {
                        process.kill();
                        countKill();
                        break;
                    }
                    process.run("COMMIT;");
                }
            } catch (EndedException e) {
                if (!e.isBusy()) {
                    throw new AssertionError("reader: " + e.getMessage(), e);
                }
                countBusy();
            }
        }
    }

    Path database() {
        return database;
    }

    History history() {
        return history;
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /// Waits, shorter if the fleet ends.
    void pause(long micros) throws InterruptedException {
        var _ = ended.await(micros, TimeUnit.MICROSECONDS);
    }

    void countKill() {
        kills.incrementAndGet();
    }

    void countBusy() {
        busy.incrementAndGet();
    }

    /// Returns how many processes were killed.
    int kills() {
        return kills.get();
    }

    /// Returns how often somebody got "database is locked" after 20 s.
    int busy() {
        return busy.get();
    }

    /// Waits until so many more transactions were committed.
    ///
    /// @throws AssertionError if they were not in time, or a writer failed
    void awaitTransactions(long transactions, Duration timeout) throws InterruptedException {
        long counter = history.committed() + transactions;
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!history.awaitCommitted(counter, Duration.ofMillis(200))) {
            check();
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "counter %d was not reached in %s, it is at %d"
                                .formatted(counter, timeout, history.committed()));
            }
        }
    }

    private void check() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("the fleet failed", failed);
        }
    }

    /// Lets every transaction come to its end and every process close the database.
    ///
    /// @return the counter in the end
    long stop() throws InterruptedException, IOException {
        ended.countDown();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofSeconds(END_SECONDS_MAX))) {
                throw new AssertionError(thread.getName() + " of the fleet did not end");
            }
        }
        check();
        try (SqlProcess process = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
            State state = process.state();
            String expected = history.hashAt(state.counter()).orElse("nothing");
            if (!state.hash().equals(expected)) {
                throw new AssertionError(
                        "the database itself is not what its history says: " + state);
            }
            return state.counter();
        } catch (EndedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        ended.countDown();
        for (Thread thread : threads) {
            try {
                var _ = thread.join(Duration.ofSeconds(END_SECONDS_MAX));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        history.close();
    }
}
