package dev.siltstone.layer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes frames in the order of the tar, hashes and packs them on all processors, and gives their rows in the same
/// order to the pages.
///
/// ```
///   TarFramer --> batch --> worker: SHA-256, known? else zstd --> PackWriter     (workers, side by side)
///                   |-----> diffId                                               (one thread, in order)
///                   '-----> PageBuilder                                          (the framer's thread, in order)
/// ```
///
/// Not thread-safe: one thread gives frames. Bounded: as many batches as workers and two more.
final class FramePipeline implements Closeable {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_ITEMS = 1024;
    private static final int RUN_BYTES = 2 * Cuts.RUN_BYTES_MAX;

    private record Running(FrameBatch batch, Future<?> packing, @Nullable Future<?> hashing) {}

    private final FrameTable table;
    private final PackWriter packs;
    private final PageBuilder pages;
    private final PushSettings settings;
    private final PushProgress progress;
    private final ExecutorService workers;
    private final ExecutorService hasher;
    private final ConcurrentLinkedQueue<FrameCodec> codecs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<byte[]> scratches = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<byte[]> buffers = new ArrayDeque<>();
    private final ArrayDeque<Running> running = new ArrayDeque<>();
    private final Hash diff = new Hash();
    private boolean everyByteRead;
    private FrameBatch batch = new FrameBatch(new byte[0]);

    FramePipeline(
            FrameTable table,
            PackWriter packs,
            PageBuilder pages,
            PushSettings settings,
            PushProgress progress) {
        this.table = table;
        this.packs = packs;
        this.pages = pages;
        this.settings = settings;
        this.progress = progress;
        this.everyByteRead = settings.diffId();
        this.workers =
                Executors.newFixedThreadPool(
                        settings.workers(), Thread.ofPlatform().name("layer-pack-", 0).factory());
        this.hasher =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().name("layer-hash").factory());
    }

    /// Returns the batch to write bytes into, with room for as many.
    FrameBatch room(int bytes) throws IOException {
        if (batch.room() < bytes) {
            submit();
            batch = new FrameBatch(buffer(Math.max(bytes, RUN_BYTES)));
        }
        return batch;
    }

    private byte[] buffer(int bytes) {
        byte[] free = buffers.poll();
        return free != null && free.length >= bytes ? free : new byte[bytes];
    }

    /// Takes the next `length` bytes of the batch as a frame.
    void frame(List<FrameEntry> entries, int length, Consumer<RawFrame> told) throws IOException {
        batch.items.add(new FrameBatch.Item(entries, batch.used, length, told));
        batch.used += length;
        progress.tar.add(length);
        progress.read.add(length);
        if (batch.used >= BATCH_BYTES) {
            submit();
        }
    }

    /// Returns the batch with room for `bytes` behind `kept` ones that were written and are no frame yet.
    FrameBatch roomKeeping(int kept, int bytes) throws IOException {
        if (batch.room() < bytes) {
            keep(kept);
        }
        return batch;
    }

    /// Takes the next `length` bytes of the batch as a frame of a large file; `kept` bytes behind it stay.
    void frameKeeping(int length, int kept, Consumer<RawFrame> told) throws IOException {
        batch.items.add(new FrameBatch.Item(List.of(), batch.used, length, told));
        batch.used += length;
        progress.tar.add(length);
        progress.read.add(length);
        if (batch.room() < Frames.RAW_BYTES_MAX) {
            keep(kept);
        }
    }

    private void keep(int kept) throws IOException {
        FrameBatch full = batch;
        byte[] rest = Arrays.copyOfRange(full.buffer, full.used, full.used + kept);
        submit();
        batch = new FrameBatch(buffer(FrameBatch.BYTES));
        System.arraycopy(rest, 0, batch.buffer, 0, kept);
    }

    boolean areKnown(List<RawFrame> frames) throws IOException {
        for (RawFrame frame : frames) {
            if (table.find(frame.digest()) == null) {
                return false;
            }
        }
        return true;
    }

    /// Has something done once all rows of what was taken up to now are made.
    void whenDrained(Runnable task) {
        batch.whenDrained.add(task);
    }

    /// Takes a frame without its bytes, if it is known.
    ///
    /// @param trusted whether it is in the layer that the push starts from, so that nobody need look
    /// @return whether it was taken
    boolean known(
            List<FrameEntry> entries, RawFrame frame, boolean trusted, Consumer<RawFrame> told)
            throws IOException {
        FrameTable.Known known = trusted ? null : table.find(frame.digest());
        if (!trusted && known == null) {
            return false;
        }
        add(new FrameBatch.Item(entries, frame, known, told));
        return true;
    }

    /// Takes a hole.
    void zeros(long repeat, Consumer<RawFrame> told) throws IOException {
        RawFrame zeros = new RawFrame(Frames.zeros(), Frames.ZEROS_BYTES, repeat);
        FrameTable.Claim claim = table.claim(zeros.digest());
        if (claim.isNew()) {
            try (FrameCodec codec = new FrameCodec(settings.level())) {
                pack(codec, claim.known(), new byte[Frames.ZEROS_BYTES], 0, Frames.ZEROS_BYTES);
            }
        }
        add(new FrameBatch.Item(List.of(), zeros, claim.known(), told));
    }

    private void add(FrameBatch.Item item) throws IOException {
        everyByteRead = false;
        batch.items.add(item);
        progress.tar.add(item.length * item.repeat);
        if (batch.items.size() >= BATCH_ITEMS) {
            submit();
        }
    }

    private void submit() throws IOException {
        FrameBatch full = batch;
        if (full.items.isEmpty() && full.whenDrained.isEmpty()) {
            return;
        }
        Future<?> packing = workers.submit(() -> pack(full));
        Future<?> hashing =
                everyByteRead ? hasher.submit(() -> diff.add(full.buffer, 0, full.used)) : null;
        running.add(new Running(full, packing, hashing));
        while (running.size() > settings.workers() + 2) {
            drain();
        }
        batch = new FrameBatch(new byte[0]);
    }

    private void pack(FrameBatch full) {
        FrameCodec free = codecs.poll();
        FrameCodec codec = free == null ? new FrameCodec(settings.level()) : free;
        try {
            for (FrameBatch.Item item : full.items) {
                if (item.hasBytes()) {
                    Digest digest = codec.digest(full.buffer, item.start, item.length);
                    FrameTable.Claim claim = table.claim(digest);
                    item.digest = digest;
                    item.known = claim.known();
                    if (claim.isNew()) {
                        pack(codec, claim.known(), full.buffer, item.start, item.length);
                    }
                }
            }
        } catch (IOException e) {
            table.fail(e);
        } catch (RuntimeException | Error e) {
            table.fail(new IOException("frames could not be packed: " + e, e));
        } finally {
            codecs.add(codec);
        }
    }

    private void pack(FrameCodec codec, FrameTable.Known known, byte[] raw, int start, int length)
            throws IOException {
        byte[] free = scratches.poll();
        int bytesMax = FrameCodec.packedBytesMax(length);
        byte[] packed = free == null || free.length < bytesMax ? new byte[bytesMax] : free;
        int bytes = codec.pack(raw, start, length, packed);
        table.place(known, packs.append(known.digest(), length, packed, bytes));
        progress.newFrames.increment();
        scratches.add(packed);
    }

    private void drain() throws IOException {
        Running first = running.remove();
        await(first.packing);
        if (first.hashing != null) {
            await(first.hashing);
        }
        for (FrameBatch.Item item : first.batch.items) {
            table.requireSound();
            Digest digest = Objects.requireNonNull(item.digest);
            pages.add(new FrameRow(digest, item.length, item.repeat, item.entries), item.known);
            item.told.accept(new RawFrame(digest, item.length, item.repeat));
        }
        first.batch.whenDrained.forEach(Runnable::run);
        if (buffers.size() <= settings.workers() + 2 && first.batch.buffer.length > 0) {
            buffers.add(first.batch.buffer);
        }
    }

    private static void await(Future<?> task) throws IOException {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while frames were packed");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Waits until all that was taken is in rows.
    void finish() throws IOException {
        submit();
        while (!running.isEmpty()) {
            drain();
        }
        pages.finish();
    }

    /// Returns the SHA-256 of the whole tar, if all of it was read; after [#finish].
    @Nullable Digest diffId() {
        return everyByteRead ? diff.end() : null;
    }

    @Override
    public void close() {
        workers.shutdownNow();
        hasher.shutdownNow();
        workers.close();
        hasher.close();
        codecs.forEach(FrameCodec::close);
    }
}
