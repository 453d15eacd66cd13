package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import org.jspecify.annotations.Nullable;

/// How a replicator stands: set by its thread, read by any.
final class Standing {
    private volatile @Nullable String problem;
    private volatile long walFrames;
    private volatile Txid captured = Txid.ZERO;

    /// Returns what keeps it from going on; null if nothing does.
    @Nullable String problem() {
        return problem;
    }

    void problem(@Nullable String what) {
        problem = what;
    }

    /// Returns the committed frames in the WAL when it was looked at last.
    long walFrames() {
        return walFrames;
    }

    void walFrames(long frames) {
        walFrames = frames;
    }

    /// Returns the last transaction of the replica whose pages are all captured.
    Txid captured() {
        return captured;
    }

    void captured(Txid txid) {
        captured = txid;
    }
}
