package dev.siltstone.layer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which frames a push can count on: those of the layer it starts from, of packs that an interrupted push left,
/// and its own. What the first two hold is read when the first frame is asked for, not before.
///
/// Thread-safe.
final class FrameTable {
    /// Where to read known frames.
    @FunctionalInterface
    interface Loader {
        void load(Map<Digest, Located> into) throws IOException;
    }

    /// A frame that is known, or on its way into a pack.
    static final class Known {
        private final Digest digest;
        private @Nullable Located located;

        private Known(Digest digest) {
            this.digest = digest;
        }

        Digest digest() {
            return digest;
        }
    }

    /// @param isNew whether the caller now has to pack it, and then to [#place] it or to [#fail]
    record Claim(Known known, boolean isNew) {}

    private final Map<Digest, Known> frames = new HashMap<>();
    private @Nullable Loader loader;
    private @Nullable IOException failure;

    /// Has `loader` asked before the next look-up.
    synchronized void loadFrom(Loader loader) {
        this.loader = loader;
    }

    private void load() throws IOException {
        Loader pending = loader;
        if (pending != null) {
            Map<Digest, Located> read = new HashMap<>();
            pending.load(read);
            read.values().forEach(this::putIfUnknown);
            loader = null;
        }
    }

    private void putIfUnknown(Located located) {
        Known known = frames.computeIfAbsent(located.digest(), Known::new);
        if (known.located == null) {
            known.located = located;
        }
    }

    synchronized Claim claim(Digest digest) throws IOException {
        load();
        Known known = frames.get(digest);
        if (known != null) {
            return new Claim(known, false);
        }
        Known mine = new Known(digest);
        frames.put(digest, mine);
        return new Claim(mine, true);
    }

    synchronized @Nullable Known find(Digest digest) throws IOException {
        load();
        return frames.get(digest);
    }

    synchronized void place(Known known, Located located) {
        known.located = located;
        notifyAll();
    }

    /// Has everybody who waits give up.
    synchronized void fail(IOException cause) {
        failure = failure == null ? cause : failure;
        notifyAll();
    }

    /// @throws IOException the failure that somebody told
    synchronized void requireSound() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /// Waits until a frame has its place.
    synchronized Located place(Known known) throws IOException {
        while (true) {
            Located located = known.located;
            if (located != null) {
                return located;
            }
            if (failure != null) {
                throw failure;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while frames were packed");
            }
        }
    }

    /// Forgets the frames of packs that were deleted.
    synchronized void forget(LogState state) {
        frames.values()
                .removeIf(known -> {
                    Located located = known.located;
                    return located == null || state.isDeleted(located.pack());
                });
    }
}
