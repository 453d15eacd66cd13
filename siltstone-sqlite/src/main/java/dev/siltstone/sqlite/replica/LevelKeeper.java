package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.rangestore.UploadBacklog;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Calls the [Levels] of one database when they are due, on a virtual thread that sleeps while nothing changes.
///
/// Thread-safe.
final class LevelKeeper implements Closeable {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final Levels levels;
    private final UploadBacklog backlog;
    private final ReplicaRuntime runtime;
    private final Thread thread;
    private volatile @Nullable String problem;

    private LevelKeeper(
            Levels levels, UploadBacklog backlog, ReplicaRuntime runtime, String database) {
        this.levels = levels;
        this.backlog = backlog;
        this.runtime = runtime;
        this.thread = Thread.ofVirtual().name("levels " + database).unstarted(this::run);
    }

    static LevelKeeper start(
            Levels levels, UploadBacklog backlog, ReplicaRuntime runtime, String database) {
        LevelKeeper keeper = new LevelKeeper(levels, backlog, runtime, database);
        keeper.thread.start();
        return keeper;
    }

    /// Returns what keeps it from working; null if nothing does.
    @Nullable String problem() {
        return problem;
    }

    private void run() {
        try (levels) {
            while (true) {
                long seen = backlog.confirmedEnd();
                Duration wait = workOrWait();
                if (!wait.isZero()) {
                    backlog.awaitConfirmed(seen, wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            problem = e.getMessage();
        }
    }

    /// Does what is due.
    ///
    /// @return how long nothing will be due, unless another file is confirmed
    private Duration workOrWait() throws LevelConflictException, InterruptedException {
        Instant now = runtime.time().instant();
        Optional<Instant> due = levels.nextDue(now);
        if (due.isEmpty() || due.get().isAfter(now)) {
            return due.map(time -> Duration.between(now, time)).orElse(LONG);
        }
        runtime.merges().acquire();
        try {
            levels.runDue(now);
            problem = null;
            return Duration.ZERO;
        } catch (LevelConflictException e) {
            throw e;
        } catch (RangeTakenException e) {
            problem = e.getMessage();
            return LONG;
        } catch (IOException e) {
            problem = e.getMessage();
            runtime.pause().pause(AFTER_FAILURE);
            return Duration.ZERO;
        } finally {
            runtime.merges().release();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
