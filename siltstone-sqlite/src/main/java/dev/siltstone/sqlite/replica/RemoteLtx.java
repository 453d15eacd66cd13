package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.LtxSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A LTX file in a store. A small one is fetched once and kept, as long as there is room, because its index and
/// its pages are read one after the other.
///
/// Thread-safe.
final class RemoteLtx implements LtxSource {
    static final int SMALL_BYTES = 64 << 10;

    private final RemoteRanges remote;
    private final RangeFile file;
    private final AtomicLong room;
    private volatile Map<String, String> metadata = Map.of();
    private byte @Nullable [] kept;

    /// @param room bytes that all sources together may still keep
    RemoteLtx(RemoteRanges remote, RangeFile file, AtomicLong room) {
        this.remote = remote;
        this.file = file;
        this.room = room;
    }

    @Override
    public String file() {
        return remote + ": " + remote.key(file.id());
    }

    @Override
    public long bytes() {
        return file.bytes();
    }

    /// Returns the user metadata that came with what was fetched last.
    Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public InputStream open(long start, long end) throws IOException {
        byte[] whole = file.bytes() <= SMALL_BYTES ? whole() : null;
        return whole != null
                ? new ByteArrayInputStream(whole, (int) start, (int) (end - start))
                : fetch(start, end);
    }

    /// Returns the bytes of a small file; null if there is no room for them.
    private synchronized byte @Nullable [] whole() throws IOException {
        if (kept == null) {
            if (room.addAndGet(-file.bytes()) < 0) {
                room.addAndGet(file.bytes());
                return null;
            }
            try (InputStream in = fetch(0, file.bytes())) {
                kept = in.readAllBytes();
            } finally {
                if (kept == null) {
                    room.addAndGet(file.bytes());
                }
            }
        }
        return kept;
    }

    /// Forgets what was kept: it is not needed any more, or was not right.
    synchronized void drop() {
        if (kept != null) {
            kept = null;
            room.addAndGet(file.bytes());
        }
    }

    private InputStream fetch(long start, long end) throws IOException {
        ObjectContent content = remote.get(file.id(), start, end - start);
        if (content.info().bytes() != file.bytes()) {
            content.close();
            throw new ReplicaDamagedException(
                    "%s has %d bytes; it was listed with %d"
                            .formatted(file(), content.info().bytes(), file.bytes()));
        }
        metadata = content.info().metadata();
        return content.stream();
    }
}
