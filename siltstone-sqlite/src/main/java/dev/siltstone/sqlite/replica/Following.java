package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/// Captures what is committed, and makes a transaction of the replica of it once per interval.
final class Following implements ReplicatorState {
    private static final long IDENTITY_NANOS = 1_000_000_000L;
    private static final int LEARNED_AT_ONCE = 16384;

    private final ReplicatorParts parts;
    private final Held held;
    private final SourceIdentity source;
    private final Renewal renewal;
    private long nextSync;
    private long nextIdentity;

    /// From which page on checksums are to be learned; 0 if all are known.
    private long learnFrom;

    /// @param source the file that was attached
    /// @param sumsKnown whether the checksums of all pages are known; if not, they are learned
    Following(
            ReplicatorParts parts, Held held, SourceIdentity source, boolean sumsKnown, long now) {
        this.parts = parts;
        this.held = held;
        this.source = source;
        this.renewal = new Renewal(held, parts.settings(), now);
        this.learnFrom = sumsKnown ? 0 : 1;
        this.nextSync = now + parts.settings().syncInterval().toNanos();
    }

    ReplicatorParts parts() {
        return parts;
    }

    Held held() {
        return held;
    }

    @Override
    public Phase phase() {
        return Phase.FOLLOWING;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) throws IOException {
        requireOurs(now);
        return isFull() ? new Holding(this).run(now, buffers) : goOn(now);
    }

    /// Makes sure that the database is the file that was attached, and the replica nobody else's.
    void requireOurs(long now) throws IOException {
        if (parts.files().backlog().conflict().isPresent()) {
            throw parts.files().backlog().conflict().get();
        }
        if (now >= nextIdentity) {
            nextIdentity = now + IDENTITY_NANOS;
            if (!Files.exists(parts.database())
                    || !source.isSameFile(SourceIdentity.of(parts.database()))) {
                throw new LostHoldException(parts.database() + " was removed or replaced");
            }
        }
    }

    /// Says whether so much waits to be packed or uploaded that no more should be captured.
    boolean isFull() {
        parts.work().retry();
        return parts.files().backlog().isFull() || parts.work().isFull();
    }

    /// Does what is due while there is room.
    Turn goOn(long now) throws IOException {
        renewal.renewIfDue(now);
        parts.standing().walFrames(renewal.frames());
        if (parts.requests().isViewWanted() || (learnFrom > 0 && parts.work().isDone())) {
            return pin(now);
        }
        ReplicaSettings settings = parts.settings();
        if (parts.requests().isSyncWanted()
                || now >= nextSync
                || held.captures().bytes() >= settings.captureBytesMax()) {
            sync(now);
        }
        return new Turn(this, Math.min(now + renewal.pollNanos(), Math.max(now, nextSync)));
    }

    /// Ends a transaction of the replica, if anything was committed in its time.
    private void sync(long now) throws IOException {
        boolean wanted = parts.requests().isSyncWanted();
        renewal.captureAll();
        if (!held.captures().isEmpty()) {
            List<Capture> sealed = held.captures().cut();
            parts.standing().captured(sealed.getLast().txid());
            parts.work().pack(sealed);
        }
        if (wanted) {
            parts.requests().synced();
        }
        nextSync = now + parts.settings().syncInterval().toNanos();
    }

    /// A holder of which everything is captured, and a cut there: the view shows the database as it was after the
    /// transaction that the cut ended.
    private Turn pin(long now) throws IOException {
        if (!held.hold().roll()) {
            return new Turn(this, now + ReplicatorParts.RETRY_NANOS);
        }
        sync(now);
        if (!held.captures().isEmpty()) {
            return new Turn(this, now);
        }
        Pin pin = new Pin();
        Pinned pinned = new Pinned(held.view(parts.database(), pin), parts.standing().captured());
        if (!parts.requests().give(pinned)) {
            learn(pinned);
        }
        return new Turn(Copying.until(pin, this), now);
    }

    /// The next pages whose checksums are not known; none if all are.
    private void learn(Pinned pinned) throws IOException {
        if (learnFrom == 0) {
            pinned.view().close();
            return;
        }
        long pages = pinned.view().pages();
        PageSlice slice =
                new PageSlice(learnFrom, Math.min(pages, learnFrom + LEARNED_AT_ONCE - 1));
        learnFrom = slice.last() < pages ? slice.last() + 1 : 0;
        parts.work().learn(pinned, slice);
    }

    @Override
    public void letGo() throws IOException {
        held.close();
    }
}
