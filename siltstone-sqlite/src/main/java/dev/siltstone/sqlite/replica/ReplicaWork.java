package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a replicator has done that takes long: packing, and reading the whole database. Workers do it, in the order
/// in which it was asked for.
///
/// Thread-safe.
final class ReplicaWork {
    private static final int PACKS_WAITING_MAX = 8;

    private final PackQueue queue;
    private final ReplicaFiles files;
    private final Packer packer;
    private final ImageWriter images;
    private final FirstSnapshot first;
    private final PageSums sums;

    ReplicaWork(
            PackQueue queue,
            ReplicaFiles files,
            Packer packer,
            ImageWriter images,
            FirstSnapshot first,
            PageSums sums) {
        this.queue = queue;
        this.files = files;
        this.packer = packer;
        this.images = images;
        this.first = first;
        this.sums = sums;
    }

    /// Says whether nothing is left to do.
    boolean isDone() {
        return queue.size() == 0;
    }

    /// Says whether so much waits that no more should be added.
    boolean isFull() {
        return queue.size() > PACKS_WAITING_MAX;
    }

    /// Returns what the first piece failed with; null if it did not.
    @Nullable IOException failure() {
        return queue.failure();
    }

    /// Tries again what failed, if something did.
    void retry() {
        if (queue.failure() != null) {
            queue.retry();
        }
    }

    /// Makes sure that no other writer had a name first that a piece of work wanted: that is not tried again.
    void requireNotTaken() throws RangeTakenException {
        if (queue.failure() instanceof RangeTakenException taken) {
            throw taken;
        }
    }

    /// Opens the checksums of the database's pages; nothing may be left to do.
    ///
    /// @param at the transaction that the database is at
    /// @return whether they are known; if not, they are to be learned
    boolean openSums(int pageSize, Txid at) throws IOException {
        boolean known = sums.open(pageSize, at);
        if (!known) {
            sums.rebuild();
        }
        return known;
    }

    /// Makes a transaction of the replica, and lets its captures go.
    void pack(List<Capture> captures) {
        queue.add(() -> {
            Txid txid = captures.getLast().txid();
            if (txid.isAfter(files.localNewest())) {
                files.backlog().add(packer.pack(captures));
            }
            for (Capture capture : captures) {
                capture.delete();
            }
        });
    }

    /// Puts the first snapshot.
    void putFirst(PinnedView view, Txid txid) {
        readWhole(
                view,
                () -> {
                    sums.rebuild();
                    sums.advance(txid, view.pages());
                    first.put(view, txid);
                });
    }

    /// Returns how far the reading or uploading of the whole database is; empty if none is under way.
    Optional<CopyProgress> copying() {
        return first.progress();
    }

    /// Makes a transaction of what nobody captured.
    void packMissed(PinnedView view, Txid txid) {
        readWhole(view, () -> files.backlog().add(images.missed(view, txid)));
    }

    /// Learns the checksums of some pages. A page that changes later is set by the transaction that changes it, so
    /// slices may be of different times.
    void learn(Pinned pinned, PageSlice slice) {
        PinnedView view = pinned.view();
        readWhole(
                view,
                () -> {
                    if (slice.first() == 1) {
                        sums.advance(pinned.txid(), view.pages());
                    }
                    ByteBuffer page = ByteBuffer.allocateDirect(view.pageSize());
                    for (long pgno = slice.first(); pgno <= slice.last(); pgno++) {
                        view.read(pgno, page.clear());
                        sums.learn(pgno, PageChecksum.of(pgno, page.flip()));
                    }
                    view.requireHeld();
                });
    }

    /// If the hold is lost meanwhile, what was done is given up, and it is not tried again: attaching anew decides
    /// what is to be read then.
    private void readWhole(PinnedView view, PackQueue.Work work) {
        queue.add(() -> {
            try {
                view.requireHeld();
                work.run();
            } catch (LostHoldException e) {
                sums.distrust();
            }
            view.close();
        });
    }

    /// Writes a snapshot at once, on the caller's thread.
    SnapshotSource.Snapshot snapshot(Pinned pinned, LtxSink sink) throws IOException {
        try (PinnedView view = pinned.view()) {
            return images.snapshot(view, pinned.txid(), sink);
        } catch (LostHoldException e) {
            sums.distrust();
            throw e;
        }
    }
}
