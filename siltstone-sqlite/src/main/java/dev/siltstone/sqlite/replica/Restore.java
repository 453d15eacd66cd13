package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.DiskLock;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.rangestore.Pin;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeGoneException;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.LtxDamagedException;
import dev.siltstone.sqlite.ltx.PageChecksum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Makes a database of a replica. The replica is only read.
///
/// ```
///   listing --> RestorePlan --> RestoreIndex: who has the newest image of each page
///                                    |
///                  pieces of all files, fetched and decoded side by side
///                                    |
///               <name>.siltstone-restore, each page written once at its place   + progress
///                                    |
///           file checksums, database checksum, integrity check --> <name>, meta directory
/// ```
///
/// A restore that was killed goes on where it stopped when it is asked for again; what it finds done it checks
/// page by page. That holds also if the newest state has moved on meanwhile, or a file of the plan was deleted
/// (then a new plan is made): what is still needed is kept.
///
/// Nothing has the output's name before everything was checked. If files are damaged, what was made of them is
/// removed; if the store fails, it stays to be gone on with.
///
/// Thread-safe: each call is by itself.
public final class Restore {
    private final RemoteRanges remote;
    private final Disk disk;
    private final RestoreSettings settings;
    private final RestoredPosition position;

    /// @param remote opened, with retries below it; its listings may be renewed
    /// @param position told of a database that was restored where it is to be replicated on
    public Restore(
            RemoteRanges remote, Disk disk, RestoreSettings settings, RestoredPosition position) {
        this.remote = remote;
        this.disk = disk;
        this.settings = settings;
        this.position = position;
    }

    /// Returns the plan for a target, from what is known of the replica. For a time this may make requests.
    ///
    /// @throws NoSuchStateException if the target cannot be reached
    /// @throws IOException if the store fails
    public RestorePlan plan(RestoreTarget target) throws IOException {
        return switch (target) {
            case RestoreTarget.Latest latest -> RestorePlan.latest(ReplicaListing.of(remote));
            case RestoreTarget.At at -> RestorePlan.at(ReplicaListing.of(remote), at.txid());
            case RestoreTarget.Before before ->
                    RestorePlan.before(
                            ReplicaListing.before(remote, before.time()),
                            ReplicaListing.of(remote),
                            before.time());
        };
    }

    /// Restores; the database is durable when this returns.
    ///
    /// @throws RestoreRefusedException if something is in the way; nothing was fetched
    /// @throws NoSuchStateException if the target cannot be reached; nothing was fetched
    /// @throws LtxDamagedException if a file is damaged; there is no output
    /// @throws ReplicaDamagedException if the files do not make the database they should; there is no output
    /// @throws IOException if the store or the disk fails; there is no output, and the same request goes on
    public Restored run(RestoreRequest request, RestoreListener listener) throws IOException {
        RestoreOutput output = new RestoreOutput(disk, request.output(), request.force());
        output.check();
        RestorePlan first = plan(request.target());
        try (DiskLock lock = output.lock();
                RestoredMeta meta = new RestoredMeta(disk, request.output(), position)) {
            meta.check(first.txid(), request.force());
            try {
                return new Run(request, listener, output, meta).go(first);
            } catch (LtxDamagedException | ReplicaDamagedException e) {
                output.discard();
                throw e;
            } finally {
                output.removeLock();
            }
        }
    }

    /// One restore.
    private final class Run {
        private final RestoreRequest request;
        private final RestoreListener listener;
        private final RestoreOutput output;
        private final RestoredMeta meta;

        Run(
                RestoreRequest request,
                RestoreListener listener,
                RestoreOutput output,
                RestoredMeta meta) {
            this.request = request;
            this.listener = listener;
            this.output = output;
            this.meta = meta;
        }

        /// Works on a plan; on another one if a file of it was deleted meanwhile.
        Restored go(RestorePlan first) throws IOException {
            RestorePlan plan = first;
            for (int plans = 1; ; plans++) {
                List<RangeFile> files = plan.files();
                try (Pin pin = remote.pin(files.stream().map(RangeFile::id).toList())) {
                    listener.planned(plan);
                    return work(plan);
                } catch (NoSuchObjectException | RangeGoneException e) {
                    if (plans == settings.plansMax()) {
                        throw new IOException(
                                "%s: files were deleted during each of %d attempts, at last: %s; trying again may help"
                                        .formatted(remote, plans, e.getMessage()),
                                e);
                    }
                }
                for (int level = 0; level < remote.known().levels(); level++) {
                    remote.refresh(level);
                }
                plan = plan(request.target());
            }
        }

        private Restored work(RestorePlan plan) throws IOException {
            try (RestoreIndex index = RestoreIndex.load(remote, plan, settings)) {
                boolean goesOn = disk.exists(output.partial()) && disk.exists(output.progress());
                if (!goesOn) {
                    output.discard();
                }
                if (!goesOn) {
                    disk.create(output.partial()).close();
                }
                try (DiskFile target = disk.openPastCache(output.partial());
                        RestoreProgress progress =
                                RestoreProgress.open(disk, output.progress(), index.pageSize())) {
                    RestorePages pages =
                            new RestorePages(index, target, progress, settings, listener);
                    write(index, target, pages, goesOn);
                    Restored restored = verified(index, pages);
                    return finish(restored, pages);
                }
            }
        }

        private void write(RestoreIndex index, DiskFile target, RestorePages pages, boolean goesOn)
                throws IOException {
            long there = 0;
            if (goesOn) {
                target.truncate(Math.min(target.size(), index.bytes()));
                there = pages.resume();
            }
            output.checkSpace(index.bytes() - there);
            target.truncate(index.bytes());
            pages.run();
        }

        private Restored verified(RestoreIndex index, RestorePages pages) throws IOException {
            long checksum = pages.checksum();
            List<Long> expected = index.checksums();
            for (long each : expected) {
                if (each != checksum) {
                    throw new ReplicaDamagedException(
                            "the database restored from %s up to transaction %s has checksum %s; it had %s when it was replicated"
                                    .formatted(
                                            remote,
                                            index.txid(),
                                            PageChecksum.text(checksum),
                                            PageChecksum.text(each)));
                }
            }
            request.integrityCheck().check(output.partial());
            return new Restored(
                    request.output(),
                    index.txid(),
                    index.plan(),
                    index.pageSize(),
                    index.pages(),
                    checksum,
                    !expected.isEmpty(),
                    pages.reusedBytes(),
                    List.of());
        }

        private Restored finish(Restored checked, RestorePages pages) throws IOException {
            if (request.leavesPosition()) {
                meta.prepare(remote, checked);
            }
            meta.forget();
            List<Path> removed = output.replace();
            Restored restored = checked.withRemoved(removed);
            if (request.leavesPosition()) {
                meta.write(pages, restored);
            }
            output.discard();
            disk.forceDirectory(output.directory());
            return restored;
        }
    }
}
