package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.BackOff;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.UploadBacklog;
import dev.siltstone.rangestore.UploadState;
import dev.siltstone.rangestore.Uploader;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The replication of one database to one destination, under way.
///
/// Thread-safe.
public final class Replication implements Closeable {
    private static final Duration BACK_OFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACK_OFF_MAX = Duration.ofSeconds(30);

    private final ReplicaRuntime runtime;
    private final Replicator replicator;
    private final UploadBacklog backlog;
    private final Uploader uploader;
    private final LevelKeeper levels;
    private final Succession succession;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private Replication(
            ReplicaRuntime runtime,
            Path database,
            RemoteRanges remote,
            ReplicaSettings settings,
            boolean takesOver)
            throws IOException {
        this.runtime = runtime;
        MetaDirectory meta = MetaDirectory.of(database);
        LocalRanges local = LocalRanges.open(runtime.disk(), meta.root(), LitestreamNames.FILES);
        this.succession = Succession.of(runtime.disk(), meta, local, remote);
        if (!takesOver) {
            succession.requireNotOvertaken(remote.toString());
        }
        this.backlog =
                UploadBacklog.open(local, remote, 0, settings.backlogBytesMax(), local::attributes);
        this.replicator =
                new Replicator(
                        database,
                        settings,
                        runtime.disk(),
                        runtime.clock(),
                        runtime.time(),
                        local,
                        remote,
                        backlog,
                        runtime.workers(),
                        this::signal,
                        WalHold.Steps.IGNORED);
        this.uploader =
                Uploader.start(
                        backlog,
                        runtime.uploads(),
                        new BackOff(BACK_OFF_FIRST, BACK_OFF_MAX, runtime.random()),
                        runtime.pause());
        this.levels =
                LevelKeeper.start(
                        new Levels(runtime.disk(), local, remote, replicator, settings.levels()),
                        backlog,
                        runtime,
                        database.toString());
    }

    /// Begins to replicate.
    ///
    /// @param database its file; if there is none yet, it is waited for
    /// @throws SourceException if the file is no database that can be replicated
    /// @throws OvertakenException if another machine has gone on with the destination since this one wrote there
    /// @throws IOException if the local state cannot be read, or the destination has other content under a name
    ///     that is to be uploaded
    public static Replication start(
            ReplicaRuntime runtime, Path database, RemoteRanges remote, ReplicaSettings settings)
            throws IOException {
        return new Replication(runtime, database, remote, settings, false).begun();
    }

    /// Does what [#start] does, and takes over from a machine that has gone on with the destination: what it wrote
    /// stays, and this database, as it is, is the transaction behind it.
    public static Replication takeOver(
            ReplicaRuntime runtime, Path database, RemoteRanges remote, ReplicaSettings settings)
            throws IOException {
        return new Replication(runtime, database, remote, settings, true).begun();
    }

    private Replication begun() {
        runtime.driver().add(replicator);
        return this;
    }

    /// Returns how this database stood to the history at the destination when it began.
    public Succession succession() {
        return succession;
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Returns how it stands.
    public ReplicaStatus status() {
        ReplicaStatus status = replicator.status();
        String levelProblem = levels.problem();
        if (status.problem() == null && levelProblem != null) {
            return status.withProblem(levelProblem);
        }
        if (status.problem() == null
                && uploader.state()
                        instanceof UploadState.Waiting(var file, int failures, IOException cause)) {
            return status.withProblem(
                    "%s could not be uploaded, tried %s: %s"
                            .formatted(
                                    file.id(),
                                    failures == 1 ? "once" : failures + " times",
                                    cause.getMessage()));
        }
        return status;
    }

    /// Returns how far the reading or uploading of the whole database is; empty if none is under way.
    public Optional<CopyProgress> copying() {
        return replicator.copying();
    }

    /// Returns what it was stopped by; null if it goes on, or was closed.
    public @Nullable IOException stoppedBy() {
        return replicator.stoppedBy();
    }

    /// Makes everything that is committed now durable on this machine, as part of a transaction of the replica.
    ///
    /// @return that transaction; a later one if more was committed meanwhile
    /// @throws IOException if it stopped, or it took too long
    public Txid sync(Duration atMost) throws IOException, InterruptedException {
        replicator.requestSync();
        runtime.driver().wake(replicator);
        await(atMost, () -> !replicator.isSyncWanted() && replicator.isIdle());
        return replicator.captured();
    }

    /// Waits until the destination has a transaction.
    ///
    /// @return whether it has; false if the time was over first
    /// @throws IOException if another writer has taken over
    public boolean waitFor(Txid txid, Duration atMost) throws IOException, InterruptedException {
        return backlog.awaitConfirmed(txid.value(), atMost);
    }

    private interface Done {
        boolean isDone();
    }

    private void await(Duration atMost, Done done) throws IOException, InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!done.isDone()) {
                ReplicaStatus status = replicator.status();
                if (status.phase() == ReplicaStatus.Phase.STOPPED) {
                    throw new IOException(
                            "the replication stopped: " + status.problem(), replicator.stoppedBy());
                }
                if (nanos <= 0) {
                    throw new IOException("not done within %s: %s".formatted(atMost, status));
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stops without closing the connections to the database: for a process that ends now. The WAL stays, and the
    /// next start goes on where this one ended.
    public void leave() {
        end(false);
    }

    /// Stops, and closes the connections.
    @Override
    public void close() {
        end(true);
    }

    private void end(boolean close) {
        levels.close();
        replicator.requestStop(close);
        runtime.driver().wake(replicator);
        lock.lock();
        try {
            while (replicator.status().phase() != ReplicaStatus.Phase.STOPPED
                    || !replicator.isAtRest()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        uploader.close();
    }
}
