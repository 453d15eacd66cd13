package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes hold of the WAL, and finds out how to go on: right behind what was captured, or with an image of the whole
/// database, because nobody knows what was missed.
///
/// What earlier processes captured for transactions that are over is packed before.
final class Attaching implements ReplicatorState {
    private final ReplicatorParts parts;
    private @Nullable Captures captures;
    private @Nullable WalHold hold;

    Attaching(ReplicatorParts parts) {
        this.parts = parts;
    }

    @Override
    public Phase phase() {
        return Phase.ATTACHING;
    }

    @Override
    public Turn run(long now, HoldBuffers buffers) throws IOException {
        if (!Files.isRegularFile(parts.database())) {
            letGo();
            return new Waiting(parts).run(now, buffers);
        }
        if (!parts.work().isDone()) {
            parts.work().retry();
            return retry(now);
        }
        Captures opened = openCaptures();
        if (!parts.work().isDone()) {
            return retry(now);
        }
        Held held = new Held(openHold(opened, buffers), opened);
        Txid next = parts.files().newest().next();
        boolean hasBase = parts.files().hasBase();
        PositionFile.Position left = PositionFile.read(parts.disk(), parts.meta().own());
        boolean cleanEnd = hasBase && left != null && left.txid().next().equals(next);
        boolean exact = hasBase && opened.end() != null && opened.last().txid().equals(next);
        Optional<Attached> attached = held.hold().attach(exact, cleanEnd ? left : null, next);
        if (attached.isEmpty()) {
            return retry(now);
        }
        PositionFile.remove(parts.disk(), parts.meta().own());
        SourceIdentity source = SourceIdentity.of(parts.database());
        parts.standing().problem(null);
        return switch (attached.get()) {
            case EXACT, UNCHANGED -> {
                boolean known = parts.work().openSums(opened.last().pageSize(), next.previous());
                parts.standing().captured(next.previous());
                yield new Turn(new Following(parts, held, source, known, now), now);
            }
            case UNKNOWN -> {
                Following then = new Following(parts, held, source, true, now);
                Pin pin = new Pin();
                Pinned pinned = new Pinned(held.view(parts.database(), pin), next);
                parts.standing().captured(next);
                yield new Turn(Copying.ofAll(then, pin, pinned, !hasBase), now);
            }
        };
    }

    private Turn retry(long now) {
        return new Turn(this, now + ReplicatorParts.RETRY_NANOS);
    }

    private WalHold openHold(Captures opened, HoldBuffers buffers) throws IOException {
        WalHold held = hold;
        if (held == null) {
            held =
                    new WalHold(
                            parts.database(),
                            opened,
                            parts.settings().hold(),
                            parts.clock(),
                            buffers,
                            parts.steps());
            hold = held;
        }
        return held;
    }

    private Captures openCaptures() throws IOException {
        Captures opened = captures;
        if (opened == null) {
            Txid packed = parts.files().newest();
            opened = Captures.open(parts.disk(), parts.meta().own(), packed);
            captures = opened;
            parts.files().dropLocalSnapshots();
            if (parts.files().hasBase()) {
                packFinished(opened, packed);
            }
        }
        return opened;
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
                    parts.work().openSums(finished.getFirst().pageSize(), packed);
                }
                parts.work().pack(finished);
                expected = expected.next();
            } else {
                opened.forgetAll();
                for (Capture capture : finished) {
                    capture.delete();
                }
            }
        }
    }

    @Override
    public void letGo() throws IOException {
        try (Captures closing = captures) {
            if (hold != null) {
                hold.close();
            }
        } finally {
            hold = null;
            captures = null;
        }
    }
}
