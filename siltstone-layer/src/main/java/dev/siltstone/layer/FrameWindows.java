package dev.siltstone.layer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Reads frames ahead, in windows that are fetched and unpacked side by side, and gives them in order.
///
/// Not thread-safe: one thread asks. Bounded by its settings.
final class FrameWindows implements Closeable {
    /// A frame in its turn.
    ///
    /// @param content null for zeros, of which nothing is read
    record Turn(ManifestReader.Row row, FrameFetch.@Nullable Fetched content) {}

    private record Window(
            List<ManifestReader.Row> rows, Future<Map<Digest, FrameFetch.Fetched>> fetched) {}

    private final FrameFetch fetch;
    private final RowCursor rows;
    private final PullSettings settings;
    private final boolean packed;
    private final ExecutorService threads;
    private final ArrayDeque<Window> ahead = new ArrayDeque<>();
    private final ArrayDeque<Turn> ready = new ArrayDeque<>();
    private ManifestReader.@Nullable Row held;

    /// @param packed whether packed bytes are wanted too, of zeros also
    FrameWindows(FrameFetch fetch, RowCursor rows, PullSettings settings, boolean packed) {
        this.fetch = fetch;
        this.rows = rows;
        this.settings = settings;
        this.packed = packed;
        this.threads =
                Executors.newFixedThreadPool(
                        settings.windowsAtOnce(),
                        Thread.ofPlatform().daemon().name("layer-read-", 0).factory());
    }

    private boolean isRead(ManifestReader.Row row) {
        return packed || !row.frame().digest().equals(Frames.zeros());
    }

    /// Returns the next frame, or null after the last.
    @Nullable Turn next() throws IOException {
        while (ready.isEmpty()) {
            while (ahead.size() < settings.windowsAtOnce() && begin()) {
                continue;
            }
            Window window = ahead.poll();
            if (window == null) {
                return null;
            }
            Map<Digest, FrameFetch.Fetched> fetched = await(window.fetched);
            for (ManifestReader.Row row : window.rows) {
                ready.add(new Turn(row, fetched.get(row.frame().digest())));
            }
        }
        return ready.poll();
    }

    private boolean begin() throws IOException {
        List<ManifestReader.Row> window = new ArrayList<>();
        Map<Digest, Located> wanted = new HashMap<>();
        long bytes = 0;
        ManifestReader.Row row = held == null ? rows.next() : held;
        held = null;
        while (row != null && window.size() < FrameRow.ENTRIES_MAX) {
            int more = isRead(row) ? row.frame().rawBytes() : 0;
            if (bytes + more > settings.windowBytes()) {
                break;
            }
            bytes += more;
            window.add(row);
            if (more > 0) {
                wanted.put(row.frame().digest(), row.located());
            }
            row = rows.next();
        }
        held = row;
        if (window.isEmpty()) {
            return false;
        }
        ahead.add(new Window(window, threads.submit(() -> fetch.fetch(wanted.values(), packed))));
        return true;
    }

    private static Map<Digest, FrameFetch.Fetched> await(
            Future<Map<Digest, FrameFetch.Fetched>> fetched) throws IOException {
        try {
            return fetched.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer was read");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
