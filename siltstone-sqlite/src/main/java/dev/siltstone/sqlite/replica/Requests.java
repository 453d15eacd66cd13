package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What others want of a replicator: asked by any thread, answered by its own at the next turn.
///
/// Thread-safe.
final class Requests {
    private final AtomicReference<@Nullable CompletableFuture<Pinned>> view =
            new AtomicReference<>();
    private volatile boolean sync;
    private volatile boolean stop;
    private volatile boolean close;

    /// Has everything that is committed now packed, without waiting for the interval.
    void sync() {
        sync = true;
    }

    boolean isSyncWanted() {
        return sync;
    }

    void synced() {
        sync = false;
    }

    /// Has it end.
    ///
    /// @param closing whether it closes its connections
    void stop(boolean closing) {
        close = closing;
        stop = true;
    }

    boolean isStopWanted() {
        return stop;
    }

    boolean isCloseWanted() {
        return close;
    }

    /// Asks for a view of the whole database.
    ///
    /// @return what gets it; nothing if one is wanted already
    @Nullable CompletableFuture<Pinned> view() {
        CompletableFuture<Pinned> wanted = new CompletableFuture<>();
        return view.compareAndSet(null, wanted) ? wanted : null;
    }

    /// Says that a view is not wanted any more.
    void forget(CompletableFuture<Pinned> wanted) {
        view.compareAndSet(wanted, null);
    }

    boolean isViewWanted() {
        return view.get() != null;
    }

    /// Gives the view to whoever wants it.
    ///
    /// @return false if nobody does
    boolean give(Pinned pinned) {
        CompletableFuture<Pinned> wanted = view.getAndSet(null);
        return wanted != null && wanted.complete(pinned);
    }

    /// Tells whoever waits for a view that there will be none.
    void refuse(IOException cause) {
        CompletableFuture<Pinned> wanted = view.get();
        if (wanted != null) {
            wanted.completeExceptionally(cause);
        }
    }
}
