package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.NanoClock;
import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.UploadBacklog;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import dev.siltstone.sqlite.wal.WalReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Replicates one database to one destination, see [ReplicaStatus.Phase]: takes hold of its WAL, captures what is
/// committed, and has it packed, one transaction of the replica per interval.
///
/// The phases are methods that a driver's thread calls; each returns when it wants to be called again. What may
/// take long (packing, copying) is done by workers, in its order; uploading is somebody else's.
final class Replicator implements Driver.Task, SnapshotSource {
    private static final long WAIT_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 20_000_000L;
    private static final long IDENTITY_NANOS = 1_000_000_000L;
    private static final int PACKS_WAITING_MAX = 8;
    private static final int LEARNED_AT_ONCE = 16384;
    private static final int SNAPSHOT_LEVEL = LitestreamNames.SNAPSHOT_LEVEL;

    private final Path database;
    private final MetaDirectory meta;
    private final ReplicaSettings settings;
    private final Disk disk;
    private final NanoClock clock;
    private final LocalRanges local;
    private final RemoteRanges remote;
    private final UploadBacklog backlog;
    private final PageSums sums;
    private final Packer packer;
    private final ImageWriter images;
    private final FirstSnapshot first;
    private final PackQueue queue;
    private final Runnable whenChanged;
    private final WalHold.Steps steps;

    private @Nullable Captures captures;
    private @Nullable WalHold hold;
    private @Nullable SourceIdentity attachedTo;
    private WalIndex lastPoll = new WalIndex(-1, -1);
    private long lastChange;
    private long nextSync;
    private long nextIdentity;
    private long nextSeal;
    private long pollNanos;

    private volatile Phase phase = Phase.ATTACHING;
    private volatile @Nullable String problem;
    private volatile @Nullable IOException stoppedBy;
    private volatile long walFrames;
    private boolean bumpWanted;

    /// From which page on checksums are to be learned; 0 if all are known.
    private long learnFrom;

    private Pin pin = new Pin();
    private volatile boolean syncWanted;
    private final AtomicReference<@Nullable CompletableFuture<Pinned>> pinWanted =
            new AtomicReference<>();
    private volatile boolean stopWanted;
    private volatile boolean closeWanted;
    private volatile Txid captured = Txid.ZERO;

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
        this.steps = steps;
        this.database = database;
        this.meta = MetaDirectory.of(database);
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.local = local;
        this.remote = remote;
        this.backlog = backlog;
        this.sums = new PageSums(meta.checksums());
        this.packer = new Packer(disk, local, meta.own(), sums, time);
        this.images = new ImageWriter(disk, local, meta.own(), sums, time);
        this.first = new FirstSnapshot(disk, local, remote, images);
        this.whenChanged = whenChanged;
        this.queue = new PackQueue(workers, whenChanged);
    }

    ReplicaStatus status() {
        String wrong = problem;
        IOException failed = queue.failure();
        if (wrong == null && failed != null) {
            wrong = failed.getMessage();
        }
        return new ReplicaStatus(
                phase,
                newest(local.known()),
                remoteNewest(),
                walFrames,
                backlog.pendingBytes(),
                wrong);
    }

    /// Returns how far the reading or uploading of the whole database is; empty if none is under way.
    Optional<CopyProgress> copying() {
        return first.progress();
    }

    /// Returns the transaction that what is committed now will belong to at the latest: see [#requestSync()].
    Txid captured() {
        return captured;
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
        syncWanted = true;
    }

    boolean isSyncWanted() {
        return syncWanted;
    }

    /// Ends at the next call.
    ///
    /// @param close whether to close the connections; a process that ends anyway leaves them, so that the WAL stays
    void requestStop(boolean close) {
        closeWanted = close;
        stopWanted = true;
    }

    @Override
    public long run(long now, HoldBuffers buffers) {
        try {
            if (stopWanted) {
                stop(null);
                return Driver.OVER;
            }
            long next =
                    switch (phase) {
                        case WAITING, ATTACHING -> attach(now, buffers);
                        case COPYING -> copy(now);
                        case FOLLOWING, HOLDING -> follow(now);
                        case STOPPED -> Driver.OVER;
                    };
            return next;
        } catch (LostHoldException e) {
            return loseHold(now, e);
        } catch (SourceException e) {
            problem = e.getMessage();
            return loseHold(now, e);
        } catch (IOException e) {
            stop(e);
            return Driver.OVER;
        } catch (RuntimeException e) {
            stop(new IOException("a mistake in this program: " + e, e));
            return Driver.OVER;
        } finally {
            whenChanged.run();
        }
    }

    private long loseHold(long now, IOException cause) {
        problem = cause.getMessage();
        phase = Phase.ATTACHING;
        closeHold();
        return now + WAIT_NANOS;
    }

    private void stop(@Nullable IOException cause) {
        phase = Phase.STOPPED;
        CompletableFuture<Pinned> waiting = pinWanted.get();
        if (waiting != null) {
            waiting.completeExceptionally(new IOException(database + ": replication stopped"));
        }
        if (cause != null) {
            problem = cause.getMessage();
            stoppedBy = cause;
        }
        if (closeWanted || cause != null) {
            closeHold();
        }
    }

    private void closeHold() {
        pin.lose();
        try {
            if (hold != null) {
                hold.close();
            }
            if (captures != null) {
                captures.close();
            }
        } catch (IOException e) {
            problem = e.getMessage();
        } finally {
            hold = null;
            captures = null;
        }
    }

    // ---- attaching

    private long attach(long now, HoldBuffers buffers) throws IOException {
        if (!Files.isRegularFile(database)) {
            closeHold();
            phase = Phase.WAITING;
            problem = database + " does not exist";
            return now + WAIT_NANOS;
        }
        if (queue.size() > 0) {
            queue.retry();
            return now + RETRY_NANOS;
        }
        phase = Phase.ATTACHING;
        Captures opened = openCaptures();
        if (queue.size() > 0) {
            return now + RETRY_NANOS;
        }
        WalHold held = hold;
        if (held == null) {
            held = new WalHold(database, opened, settings.hold(), clock, buffers, steps);
            hold = held;
        }
        Txid next = Txid.max(newest(local.known()), remoteNewest()).next();
        boolean hasBase = hasBase();
        PositionFile.Position left = PositionFile.read(disk, meta.own());
        boolean cleanEnd = hasBase && left != null && left.txid().next().equals(next);
        boolean exact = hasBase && opened.end() != null && opened.last().txid().equals(next);
        Optional<Attached> attached = held.attach(exact, cleanEnd ? left : null, next);
        if (attached.isEmpty()) {
            return now + RETRY_NANOS;
        }
        PositionFile.remove(disk, meta.own());
        attachedTo = SourceIdentity.of(database);
        problem = null;
        nextSync = now + settings.syncInterval().toNanos();
        return switch (attached.get()) {
            case EXACT, UNCHANGED -> followOn(now, next);
            case UNKNOWN -> beginCopy(now, next, !hasBase);
        };
    }

    /// Opens the captures; those of transactions that are over are packed before anything else.
    private Captures openCaptures() throws IOException {
        if (captures == null) {
            Txid packed = Txid.max(newest(local.known()), remoteNewest());
            Captures opened = Captures.open(disk, meta.own(), packed);
            captures = opened;
            local.delete(local.known().list(SNAPSHOT_LEVEL).stream().map(RangeFile::id).toList());
            if (hasBase()) {
                packFinished(opened, packed);
            }
        }
        return captures;
    }

    /// What was captured for transactions that are over is packed if it goes on where the LTX files end. If it does
    /// not (an image that should lie between was not finished), it says nothing, and neither does what came after.
    private void packFinished(Captures opened, Txid packed) throws IOException {
        Txid expected = packed.next();
        for (List<Capture> finished : opened.takeFinished()) {
            boolean goesOn =
                    finished.getFirst().txid().equals(expected)
                            && !finished.stream().allMatch(Capture::isEmpty);
            if (goesOn) {
                if (expected.equals(packed.next())) {
                    openSums(finished.getFirst().pageSize(), packed);
                }
                submit(finished);
                expected = expected.next();
            } else {
                opened.forgetAll();
                for (Capture capture : finished) {
                    capture.delete();
                }
            }
        }
    }

    private void openSums(int pageSize, Txid at) throws IOException {
        learnFrom = 0;
        if (!sums.open(pageSize, at)) {
            sums.rebuild();
            learnFrom = 1;
        }
    }

    private long followOn(long now, Txid next) throws IOException {
        openSums(captures().last().pageSize(), next.previous());
        captured = next.previous();
        phase = Phase.FOLLOWING;
        pollNanos = settings.pollActive().toNanos();
        return now;
    }

    private long beginCopy(long now, Txid base, boolean asSnapshot) throws IOException {
        PinnedView view = view();
        openSums(view.pageSize(), base.previous());
        captured = base;
        bumpWanted = asSnapshot;
        learnFrom = 0;
        phase = Phase.COPYING;
        queue.add(
                readingAll(
                        view,
                        () -> {
                            if (asSnapshot) {
                                sums.rebuild();
                                sums.advance(base, view.pages());
                                first.put(view, base);
                            } else {
                                backlog.add(images.missed(view, base));
                            }
                        }));
        return now;
    }

    /// Work that reads the whole database. If the hold is lost meanwhile, what it did is given up, and it is not
    /// tried again: attaching anew decides what is to be read then.
    private PackQueue.Work readingAll(PinnedView view, PackQueue.Work work) {
        return () -> {
            try {
                view.requireHeld();
                work.run();
            } catch (LostHoldException e) {
                sums.distrust();
            }
            view.close();
        };
    }

    /// Says whether the destination has something to begin a restore with.
    private boolean hasBase() {
        KnownRanges known = remote.known();
        for (int level = 0; level < known.levels(); level++) {
            List<RangeFile> files = known.list(level);
            if (!files.isEmpty() && files.getFirst().id().first() == Txid.FIRST.value()) {
                return true;
            }
        }
        return false;
    }

    private PinnedView view() throws IOException {
        Capture last = captures().last();
        WalFile wal = new WalFile(database, WalReader.newBuffer());
        pin = new Pin();
        try {
            return PinnedView.of(
                    wal, DatabaseFiles.of(database), last.end(), last.pagesAfter(), pin);
        } catch (IOException | RuntimeException e) {
            wal.close();
            throw e;
        }
    }

    // ---- copying: the holder stays as it is, captures go on

    /// After a first snapshot there is a commit of our own: Litestream takes the newest file of level 0 for the
    /// newest transaction, so that level must not be empty.
    private long copy(long now) throws IOException {
        if (bumpWanted) {
            bumpWanted = !hold().bump();
        }
        if (pin.isReleased() && !bumpWanted) {
            phase = Phase.FOLLOWING;
            pollNanos = settings.pollActive().toNanos();
            return now;
        }
        if (queue.failure() instanceof RangeTakenException taken) {
            throw taken;
        }
        if (queue.failure() != null) {
            queue.retry();
        }
        walFrames = hold().look().frames();
        hold().force();
        return now + settings.hold().tick().toNanos();
    }

    // ---- following

    private long follow(long now) throws IOException {
        if (backlog.conflict().isPresent()) {
            throw backlog.conflict().get();
        }
        if (now >= nextIdentity) {
            nextIdentity = now + IDENTITY_NANOS;
            requireSameFile();
        }
        if (isFull()) {
            phase = Phase.HOLDING;
            problem = "the destination takes nothing; the WAL keeps what is committed, and grows";
            walFrames = hold().noop().frames();
            return now + RETRY_NANOS;
        }
        if (phase == Phase.HOLDING) {
            phase = Phase.FOLLOWING;
            problem = null;
        }
        boolean moved = roll(now);
        CompletableFuture<Pinned> wanted = pinWanted.get();
        if (wanted != null || (learnFrom > 0 && queue.size() == 0)) {
            return pin(now, wanted);
        }
        if (syncWanted || now >= nextSync || captures().bytes() >= settings.captureBytesMax()) {
            sync(now);
        }
        pollNanos =
                moved
                        ? settings.pollActive().toNanos()
                        : Math.min(settings.pollIdle().toNanos(), pollNanos + pollNanos / 8);
        return Math.min(now + pollNanos, Math.max(now, nextSync));
    }

    private boolean isFull() {
        if (queue.failure() != null) {
            queue.retry();
        }
        return backlog.isFull() || queue.size() > PACKS_WAITING_MAX;
    }

    private void requireSameFile() throws IOException {
        SourceIdentity then = attachedTo;
        if (!Files.exists(database)
                || then == null
                || !then.isSameFile(SourceIdentity.of(database))) {
            throw new LostHoldException(database + " was removed or replaced");
        }
    }

    /// Renews the holder when enough has come, or when nothing comes any more: a foreign checkpoint may be waiting
    /// for us, with the write lock in its hands.
    ///
    /// Frames are copied to the database file by us only where others leave many, or where it is quiet: a foreign
    /// checkpoint that meets ours is refused by SQLite without waiting.
    ///
    /// @return whether anything happened
    private boolean roll(long now) throws IOException {
        WalHold held = hold();
        WalIndex index = held.noop();
        walFrames = index.frames();
        if (!index.equals(lastPoll)) {
            lastPoll = index;
            lastChange = now;
        }
        HoldSettings bounds = settings.hold();
        long quiet = now - lastChange;
        if (index.equals(held.rolledAt())) {
            if (!index.isAllBackfilled() && quiet > bounds.rest().toNanos()) {
                held.passive();
                lastChange = now;
            }
            return false;
        }
        long behind = index.frames() - captures().last().end().frame();
        boolean much = behind >= bounds.rollFrames() || behind < 0;
        boolean still = quiet >= bounds.still().toNanos();
        boolean old = now - held.rolledNanos() > bounds.tick().toNanos();
        if ((much || still || old)
                && held.roll()
                && held.rolledAt().frames() > bounds.passiveFrames()) {
            checkpoint(now, held);
        }
        return true;
    }

    /// Copies frames to the database file until a holder begins when nothing is left: such a one does not keep the
    /// next writer from beginning the WAL anew. If much is left after some rounds, the writer is too quick for that.
    private void checkpoint(long now, WalHold held) throws IOException {
        for (int round = 0; round < settings.hold().preludes(); round++) {
            WalIndex after = held.passive();
            if (!held.roll() || after.isAllBackfilled()) {
                return;
            }
        }
        if (held.rolledAt().notBackfilled() > settings.hold().sealFrames() && now >= nextSeal) {
            seal(now);
        }
    }

    private void seal(long now) throws IOException {
        if (!hold().seal()) {
            nextSeal = now + RETRY_NANOS;
        }
    }

    private void sync(long now) throws IOException {
        boolean wanted = syncWanted;
        WalHold held = hold();
        if (!held.noop().equals(held.rolledAt()) && !held.roll()) {
            held.look();
            held.force();
        }
        if (!captures().isEmpty()) {
            List<Capture> sealed = captures().cut();
            captured = sealed.getLast().txid();
            submit(sealed);
        }
        if (wanted) {
            syncWanted = false;
        }
        nextSync = now + settings.syncInterval().toNanos();
    }

    /// A holder of which everything is captured, and a cut there: the view shows the database as it was after the
    /// transaction that the cut ended.
    private long pin(long now, @Nullable CompletableFuture<Pinned> wanted) throws IOException {
        if (!hold().roll()) {
            return now + RETRY_NANOS;
        }
        sync(now);
        if (!captures().isEmpty()) {
            return now;
        }
        phase = Phase.COPYING;
        Pinned pinned = new Pinned(view(), captured);
        if (wanted == null) {
            learn(pinned);
        } else {
            pinWanted.set(null);
            wanted.complete(pinned);
        }
        return now;
    }

    /// Learns the checksums of some pages more. A page that changes later is set by the transaction that changes
    /// it, so the slices may be of different times.
    private void learn(Pinned pinned) {
        long from = learnFrom;
        long to = Math.min(pinned.view().pages(), from + LEARNED_AT_ONCE - 1);
        learnFrom = to < pinned.view().pages() ? to + 1 : 0;
        PinnedView view = pinned.view();
        queue.add(
                readingAll(
                        view,
                        () -> {
                            if (from == 1) {
                                sums.advance(pinned.txid(), view.pages());
                            }
                            ByteBuffer page = ByteBuffer.allocateDirect(view.pageSize());
                            for (long pgno = from; pgno <= to; pgno++) {
                                view.read(pgno, page.clear());
                                sums.learn(pgno, PageChecksum.of(pgno, page.flip()));
                            }
                            view.requireHeld();
                        }));
    }

    /// The database as it was after a transaction; stays so until the view is closed.
    private record Pinned(PinnedView view, Txid txid) {}

    @Override
    public Snapshot write(LtxSink sink) throws IOException {
        CompletableFuture<Pinned> wanted = new CompletableFuture<>();
        if (!pinWanted.compareAndSet(null, wanted)) {
            throw new IOException(database + ": a snapshot is being made already");
        }
        try {
            Pinned pinned = wanted.get();
            try (PinnedView view = pinned.view()) {
                return images.snapshot(view, pinned.txid(), sink);
            } catch (LostHoldException e) {
                sums.distrust();
                throw e;
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(database + ": the snapshot was broken off");
        } finally {
            pinWanted.compareAndSet(wanted, null);
        }
    }

    private void submit(List<Capture> sealed) {
        queue.add(() -> {
            Txid txid = sealed.getLast().txid();
            if (txid.isAfter(newest(local.known()))) {
                backlog.add(packer.pack(sealed));
            }
            for (Capture capture : sealed) {
                capture.delete();
            }
        });
    }

    private WalHold hold() {
        if (hold == null) {
            throw new IllegalStateException(database + " is not attached");
        }
        return hold;
    }

    private Captures captures() {
        if (captures == null) {
            throw new IllegalStateException(database + " is not attached");
        }
        return captures;
    }

    private Txid remoteNewest() {
        Txid newest = Txid.ZERO;
        for (int level = 0; level < remote.known().levels(); level++) {
            newest = Txid.max(newest, newest(remote.known(), level));
        }
        return newest;
    }

    private static Txid newest(KnownRanges known) {
        return newest(known, 0);
    }

    private static Txid newest(KnownRanges known, int level) {
        return known.newest(level).map(file -> new Txid(file.id().last())).orElse(Txid.ZERO);
    }
}
