package dev.siltstone.rangestore;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps files from being deleted while it is open: a restore in flight holds one.
///
/// Thread-safe.
public final class Pin implements AutoCloseable {
    private final KnownRanges known;
    private final List<RangeId> ids;
    private final AtomicBoolean closed = new AtomicBoolean();

    Pin(KnownRanges known, Collection<RangeId> ids) {
        this.known = known;
        this.ids = List.copyOf(ids);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            known.unpin(ids);
        }
    }
}
