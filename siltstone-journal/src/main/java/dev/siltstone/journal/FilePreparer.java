package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Has the journal's next file ready before it is needed: full of zeros and forced, so that writing it
/// needs no space and forcing it no new block.
///
/// Files that are kept as they are never come back to be written again, so zeros would be half of all that is
/// written. As long as files are kept, new ones have their room reserved only: a force then also has to note which
/// blocks were written, which is little beside the large entries for whose sake files are kept.
///
/// ```
///            prepare              take
///   EMPTY ------------> PREPARING -----> READY ---> EMPTY
///     ^                     | no space, or it failed
///     '---- retried ---- REFUSED
/// ```
///
/// Thread-safe; one thread at a time prepares.
final class FilePreparer {
    static final String SUFFIX = ".prepared";

    /// Never the same twice in a process: a file that was taken keeps its name until the leader renames it,
    /// and the next one may be prepared before that.
    private static final String NAME = "next-%d" + SUFFIX;

    /// A page. What is written at once Linux keeps as one folio, of up to 2 MiB; a force of any part of it later
    /// looks through, and counts as written (`/proc/PID/io`), all of it.
    private static final int ZERO_BYTES = 4096;

    private static final int PUSH_BYTES = 64 << 10;

    /// After each push, so that the disk is the journal's most of the time: a file of 64 MiB takes seven seconds
    /// then. Nobody rests while the leader waits.
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Disk disk;
    private final Path directory;
    private final JournalSettings settings;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<PreparedFile> ready = new ArrayDeque<>();
    private boolean preparing;
    private boolean wanted;
    private boolean filesAreKept;
    private long created;
    private boolean stopped;
    private @Nullable IOException refusal;
    private @Nullable Thread thread;

    FilePreparer(Disk disk, Path directory, JournalSettings settings) {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
    }

    /// Starts the thread that prepares ahead.
    void start() {
        Thread started = new Thread(this::prepareLoop, "siltstone-journal-preparer");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /// Returns a prepared file, or `null` if there is none and none can be had now. Waits a bounded time if one
    /// is being prepared; prepares one itself if no thread does.
    @Nullable PreparedFile take() {
        if (thread == null) {
            try {
                prepare();
            } catch (IOException e) {
                return null; // kept as the refusal
            }
        }
        lock.lock();
        try {
            wanted = true;
            changed.signalAll();
            awaitReady();
            wanted = false;
            PreparedFile file = ready.poll();
            changed.signalAll();
            return file;
        } finally {
            lock.unlock();
        }
    }

    private void awaitReady() {
        long left = settings.prepareWaitNanos();
        boolean interrupted = false;
        while (ready.isEmpty() && refusal == null && !stopped && thread != null && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns why no file could be prepared, or `null`.
    @Nullable IOException refusal() {
        lock.lock();
        try {
            return refusal;
        } finally {
            lock.unlock();
        }
    }

    /// Says whether another recycled file would be kept.
    boolean wantsRecycled() {
        lock.lock();
        try {
            return !stopped
                    && ready.stream().filter(PreparedFile::recycled).count()
                            < settings.recycledFilesMax();
        } finally {
            lock.unlock();
        }
    }

    /// Takes note whether the file that left the journal last is kept under another name.
    void fileIsKept(boolean kept) {
        lock.lock();
        try {
            filesAreKept = kept;
        } finally {
            lock.unlock();
        }
    }

    private boolean areFilesKept() {
        lock.lock();
        try {
            return filesAreKept;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a file that left the journal; its name is already durable.
    void addRecycled(PreparedFile file) throws IOException {
        lock.lock();
        try {
            if (!stopped) {
                ready.addFirst(file);
                refusal = null;
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        file.file().close();
    }

    /// Prepares a file if none is ready.
    ///
    /// @throws IOException if there is no room for it; what was written of it is deleted, and it may be tried again
    void prepare() throws IOException {
        if (!beginPreparing()) {
            return;
        }
        PreparedFile file = null;
        IOException failure = null;
        try {
            file = createBlank();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("the next journal file could not be prepared", e);
        } finally {
            endPreparing(file, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private boolean beginPreparing() {
        lock.lock();
        try {
            while (preparing) {
                changed.awaitUninterruptibly();
            }
            preparing = ready.isEmpty() && !stopped;
            return preparing;
        } finally {
            lock.unlock();
        }
    }

    private void endPreparing(@Nullable PreparedFile file, @Nullable IOException failure) {
        lock.lock();
        try {
            preparing = false;
            refusal = failure;
            if (file != null) {
                ready.addLast(file);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private PreparedFile createBlank() throws IOException {
        long usable = disk.usableBytes(directory);
        if (usable - settings.fileBytes() < settings.freeBytesReserve()) {
            throw new IOException(
                    "no space for the next journal file in %s: %d bytes are free; it needs %d and must leave %d"
                            .formatted(
                                    directory,
                                    usable,
                                    settings.fileBytes(),
                                    settings.freeBytesReserve()));
        }
        Path path = directory.resolve(NAME.formatted(created++));
        if (disk.exists(path)) {
            disk.delete(path);
        }
        DiskFile file = disk.create(path);
        try {
            if (areFilesKept() && file.reserve(settings.fileBytes())) {
                file.force();
            } else {
                writeZeros(file, 0, settings.fileBytes(), this::isStopped, this::rest);
            }
            return new PreparedFile(file, path, settings.fileBytes(), false);
        } catch (IOException e) {
            discard(file, e);
            throw e;
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /// Lets the journal have the disk for a while, unless it waits for this file. Without a thread that
    /// prepares ahead somebody always waits.
    private void rest() {
        lock.lock();
        try {
            long left = thread == null ? 0 : REST_NANOS;
            while (!stopped && !wanted && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Writes zeros and forces them; they travel to the disk a few at a time, so that other forces do not wait long.
    static void writeZeros(DiskFile file, long start, long end, BooleanSupplier cancelled)
            throws IOException {
        writeZeros(file, start, end, cancelled, () -> {});
    }

    private static void writeZeros(
            DiskFile file, long start, long end, BooleanSupplier cancelled, Runnable rest)
            throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZERO_BYTES, end - start));
        long pushed = start;
        for (long at = start; at < end; ) {
            if (cancelled.getAsBoolean()) {
                throw new IOException("the journal is being closed");
            }
            zeros.clear().limit((int) Math.min(zeros.capacity(), end - at));
            int bytes = zeros.remaining();
            file.write(zeros, at);
            at += bytes;
            if (at == end) {
                file.force();
            } else if (at - pushed >= PUSH_BYTES) {
                if (!file.push(pushed, at - pushed)) {
                    file.force();
                }
                pushed = at;
                rest.run();
            }
        }
    }

    private void discard(DiskFile file, IOException cause) {
        try {
            file.close();
            disk.delete(file.path());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void prepareLoop() {
        while (awaitWork()) {
            try {
                prepare();
            } catch (IOException e) {
                // kept as the refusal; tried again after a while
            }
        }
    }

    private boolean awaitWork() {
        lock.lock();
        try {
            long left = RETRY_NANOS;
            while (!stopped && (!ready.isEmpty() || (refusal != null && left > 0))) {
                if (ready.isEmpty()) {
                    left = changed.awaitNanos(left);
                } else {
                    changed.await();
                }
            }
            return !stopped;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the preparer", e);
        } finally {
            lock.unlock();
        }
    }

    /// Stops preparing, closes and deletes what is ready.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
            while (preparing) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        ready.forEach(this::discard);
        ready.clear();
    }

    private void discard(PreparedFile file) {
        try {
            file.file().close();
            disk.delete(file.path());
        } catch (IOException e) {
            // it holds nothing, and the next start deletes what is left
        }
    }
}
