package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Forces a file again and again while others write it, so that the disk works from the first bytes on, and the
/// force at the end has little left. It does so on a platform thread of its own: a force would hold one of the few
/// carriers of the virtual threads that fetch and decode meanwhile.
///
/// A force that failed is final: [#check()] and [#end()] throw it.
///
/// Thread-safe.
final class EarlyForce implements AutoCloseable {
    private final DiskFile file;
    private final long bytesMin;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private long unforcedBytes;
    private boolean ended;
    private volatile @Nullable IOException failure;

    private EarlyForce(DiskFile file, long bytesMin) {
        this.file = file;
        this.bytesMin = bytesMin;
        this.thread = Thread.ofPlatform().daemon().name("siltstone-force").unstarted(this::run);
    }

    /// @param bytesMin how many bytes must have been written since the last force
    static EarlyForce start(DiskFile file, long bytesMin) {
        EarlyForce force = new EarlyForce(file, bytesMin);
        force.thread.start();
        return force;
    }

    /// Says that bytes were written.
    void written(long bytes) {
        lock.lock();
        try {
            unforcedBytes += bytes;
            if (unforcedBytes >= bytesMin) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// @throws IOException if a force has failed
    void check() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw cause;
        }
    }

    /// Ends the thread, and forces what is left.
    ///
    /// @throws IOException if this force, or one before, failed
    void end() throws IOException {
        close();
        check();
        file.force();
    }

    private void run() {
        while (failure == null && waitForEnough()) {
            try {
                file.force();
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException(file + ": force: " + e, e);
            }
        }
    }

    /// @return false if it ended
    private boolean waitForEnough() {
        lock.lock();
        try {
            while (!ended && unforcedBytes < bytesMin) {
                changed.awaitUninterruptibly();
            }
            unforcedBytes = 0;
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread; waits for the force that is under way.
    @Override
    public void close() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
