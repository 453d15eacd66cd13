package dev.siltstone.layer;

import java.util.concurrent.atomic.LongAdder;

/// How far a push is. Counts only grow.
///
/// Thread-safe.
public final class PushProgress {
    final LongAdder tar = new LongAdder();
    final LongAdder read = new LongAdder();
    final LongAdder newFrames = new LongAdder();
    final LongAdder packs = new LongAdder();
    final LongAdder sent = new LongAdder();

    /// Returns the bytes of the tar that have been passed, read or not.
    public long tarBytes() {
        return tar.sum();
    }

    /// Returns the bytes of the tar that were read.
    public long readBytes() {
        return read.sum();
    }

    /// Returns how many frames were packed.
    public long newFrames() {
        return newFrames.sum();
    }

    /// Returns how many packs were put.
    public long packs() {
        return packs.sum();
    }

    /// Returns the bytes of those.
    public long sentBytes() {
        return sent.sum();
    }
}
