package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Fills packs of one session with frames and puts each when it is full, a few at a time. What was put stays when
/// the push fails: the next one finds it.
///
/// Thread-safe; frames of two threads share a pack.
final class PackWriter implements Closeable {
    private static final int FIRST_BYTES = 1 << 18;

    private final ObjectStore store;
    private final Session session;
    private final int packBytes;
    private final int putsAtOnce;
    private final PushProgress progress;
    private final Semaphore puts;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CRC32C crc = new CRC32C();
    private final List<PackFormat.Row> rows = new ArrayList<>();
    private byte[] frames = new byte[0];
    private int at;
    private int number;
    private volatile @Nullable IOException failure;

    PackWriter(
            ObjectStore store,
            Session session,
            int packBytes,
            int putsAtOnce,
            PushProgress progress) {
        this.store = store;
        this.session = session;
        this.packBytes = packBytes;
        this.putsAtOnce = putsAtOnce;
        this.progress = progress;
        this.puts = new Semaphore(putsAtOnce);
    }

    /// Adds a packed frame; waits while too many packs are under way.
    ///
    /// @throws IOException if a pack could not be put, now or before
    synchronized Located append(Digest digest, int rawBytes, byte[] packed, int length)
            throws IOException {
        makeRoom(1, length);
        return add(digest, rawBytes, packed, length);
    }

    /// Adds two frames side by side, so that one request reads both.
    synchronized List<Located> append(
            Digest digest,
            int rawBytes,
            byte[] packed,
            Digest other,
            int otherRaw,
            byte[] otherPacked)
            throws IOException {
        makeRoom(2, packed.length + otherPacked.length);
        return List.of(
                add(digest, rawBytes, packed, packed.length),
                add(other, otherRaw, otherPacked, otherPacked.length));
    }

    private void makeRoom(int count, int bytes) throws IOException {
        if (!rows.isEmpty()
                && (at + bytes > packBytes || rows.size() + count > PackFormat.FRAMES_MAX)) {
            putPack();
        }
        throwFailure();
        if (frames.length - at < bytes) {
            int room = Math.max(at + bytes, Math.min(packBytes, 4 * frames.length + FIRST_BYTES));
            frames = Arrays.copyOf(frames, room);
        }
    }

    private Located add(Digest digest, int rawBytes, byte[] packed, int length) {
        System.arraycopy(packed, 0, frames, at, length);
        crc.reset();
        crc.update(packed, 0, length);
        Located located = new Located(digest, rawBytes, new PackKey(session, number), at, length);
        rows.add(new PackFormat.Row(located, (int) crc.getValue()));
        at += length;
        return located;
    }

    private void putPack() throws IOException {
        PackKey key = new PackKey(session, number);
        PackBody body = new PackBody(frames, at, PackFormat.encodeIndex(key, rows));
        acquire(1);
        threads.execute(() -> {
            try {
                put(key, body);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                failure = new IOException(key + " could not be put", e);
            } finally {
                puts.release();
            }
        });
        frames = new byte[0];
        rows.clear();
        at = 0;
        number++;
    }

    private void put(PackKey key, ObjectBody body) throws IOException {
        PutOutcome outcome = store.putIfAbsent(key.objectKey(), body, PutOptions.NONE);
        if (outcome instanceof PutOutcome.AlreadyThere && !isThere(key, body)) {
            throw new IOException(
                    key + " is taken by another push; its random name is not random. Try again");
        }
        progress.packs.increment();
        progress.sent.add(body.bytes());
    }

    /// Our own, if an answer was lost.
    private boolean isThere(PackKey key, ObjectBody body) throws IOException {
        try (ObjectContent content = store.get(key.objectKey());
                var ours = body.open()) {
            return content.bytes() == body.bytes()
                    && Arrays.equals(content.stream().readAllBytes(), ours.readAllBytes());
        }
    }

    private void acquire(int permits) throws InterruptedIOException {
        try {
            puts.acquire(permits);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while packs were put");
        }
    }

    private void throwFailure() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException("a pack could not be put: " + cause.getMessage(), cause);
        }
    }

    /// Puts what is left, and waits until every pack is in the store.
    synchronized void finish() throws IOException {
        if (!rows.isEmpty()) {
            putPack();
        }
        acquire(putsAtOnce);
        puts.release(putsAtOnce);
        throwFailure();
    }

    /// Waits for what is under way; puts nothing more.
    @Override
    public void close() {
        threads.close();
    }
}
