package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.NanoClock;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.UploadBacklog;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Replicates one database to one destination: takes hold of its WAL, captures what is committed, and has it packed,
/// one transaction of the replica per interval. What it is doing is a [ReplicatorState].
///
/// A driver's thread gives it its turns. What may take long (packing, copying) is done by workers, in its order;
/// uploading is somebody else's.
final class Replicator implements Driver.Task, SnapshotSource {
    private final ReplicatorParts parts;
    private final PackQueue queue;
    private final Runnable whenChanged;
    private volatile ReplicatorState state;
    private volatile @Nullable IOException stoppedBy;

    Replicator(
            Path database,
            ReplicaSettings settings,
            Disk disk,
            NanoClock clock,
            InstantSource time,
            LocalRanges local,
            RemoteRanges remote,
            UploadBacklog backlog,
            Executor workers,
            Runnable whenChanged,
            WalHold.Steps steps) {
        MetaDirectory meta = MetaDirectory.of(database);
        PageSums sums = new PageSums(meta.checksums());
        ReplicaFiles files = new ReplicaFiles(local, remote, backlog);
        this.whenChanged = whenChanged;
        this.queue = new PackQueue(workers, whenChanged);
        ImageWriter images = new ImageWriter(disk, local, meta.own(), sums, time);
        ReplicaWork work =
                new ReplicaWork(
                        queue,
                        files,
                        new Packer(disk, local, meta.own(), sums, time),
                        images,
                        new FirstSnapshot(disk, local, remote, images),
                        sums);
        this.parts =
                new ReplicatorParts(
                        database,
                        meta,
                        settings,
                        disk,
                        clock,
                        steps,
                        files,
                        work,
                        new Requests(),
                        new Standing());
        this.state = new Attaching(parts);
    }

    ReplicaStatus status() {
        Standing standing = parts.standing();
        String wrong = standing.problem();
        IOException failed = queue.failure();
        if (wrong == null && failed != null) {
            wrong = failed.getMessage();
        }
        ReplicaFiles files = parts.files();
        return new ReplicaStatus(
                state.phase(),
                files.localNewest(),
                files.remoteNewest(),
                standing.walFrames(),
                files.backlog().pendingBytes(),
                wrong);
    }

    /// Returns how far the reading or uploading of the whole database is; empty if none is under way.
    Optional<CopyProgress> copying() {
        return parts.work().copying();
    }

    /// Returns the transaction that what is committed now will belong to at the latest: see [#requestSync()].
    Txid captured() {
        return parts.standing().captured();
    }

    /// Returns what it was stopped by; null if it goes on, or was closed.
    @Nullable IOException stoppedBy() {
        return stoppedBy;
    }

    /// Says whether nothing is being worked on: all is done, or the next piece failed and waits to be tried again.
    boolean isAtRest() {
        return queue.size() == 0 || queue.failure() != null;
    }

    boolean isIdle() {
        return queue.size() == 0;
    }

    /// Has everything that is committed now packed at the next call, without waiting for the interval.
    void requestSync() {
        parts.requests().sync();
    }

    boolean isSyncWanted() {
        return parts.requests().isSyncWanted();
    }

    /// Ends at the next call.
    ///
    /// @param close whether to close the connections; a process that ends anyway leaves them, so that the WAL stays
    void requestStop(boolean close) {
        parts.requests().stop(close);
    }

    @Override
    public long run(long now, HoldBuffers buffers) {
        try {
            if (parts.requests().isStopWanted()) {
                return stop(null);
            }
            ReplicatorState.Turn turn = state.run(now, buffers);
            state = turn.next();
            return turn.nanos();
        } catch (WalBusyException e) {
            return now + ReplicatorParts.RETRY_NANOS;
        } catch (LostHoldException | SourceException e) {
            letGo();
            parts.standing().problem(e.getMessage());
            state = new Attaching(parts);
            return now + ReplicatorParts.WAIT_NANOS;
        } catch (IOException e) {
            return stop(e);
        } catch (RuntimeException e) {
            return stop(new IOException("a mistake in this program: " + e, e));
        } finally {
            whenChanged.run();
        }
    }

    private long stop(@Nullable IOException cause) {
        parts.requests().refuse(new IOException(parts.database() + ": replication stopped"));
        if (parts.requests().isCloseWanted() || cause != null) {
            letGo();
        }
        if (cause != null) {
            parts.standing().problem(cause.getMessage());
            stoppedBy = cause;
        }
        state = new Stopped(state);
        return Driver.OVER;
    }

    private void letGo() {
        try {
            state.letGo();
        } catch (IOException e) {
            parts.standing().problem(e.getMessage());
        }
    }

    @Override
    public Snapshot write(LtxSink sink) throws IOException {
        CompletableFuture<Pinned> wanted = parts.requests().view();
        if (wanted == null) {
            throw new IOException(parts.database() + ": a snapshot is being made already");
        }
        try {
            return parts.work().snapshot(wanted.get(), sink);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(parts.database() + ": the snapshot was broken off");
        } finally {
            parts.requests().forget(wanted);
        }
    }
}
