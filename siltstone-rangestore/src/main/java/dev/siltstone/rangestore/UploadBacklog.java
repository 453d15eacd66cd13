package dev.siltstone.rangestore;

import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.PutOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is local and not yet remote, of one level: uploaded in order, one after the other.
///
/// It keeps no file of its own. At open, a local file is pending unless the remote side has it, or has its
/// positions in files of other levels (it was merged, and then let go). That holds after any crash, because a
/// file goes up only after the one before it is known to be there.
///
/// The order is also the fence. The put of each name is *if absent*; had a second writer two puts under way,
/// the first could lose and the second win, and the history would be of both. So there is never more than one
/// per backlog; many databases upload at once, each its own.
///
/// A name that is taken by other bytes means another writer. That is final: the backlog says so from then on,
/// and uploads nothing more. Taken by the same bytes, the file is confirmed: it went up before a crash, or an
/// answer was lost.
///
/// ```
///   add --> pending --uploadNext--> confirmed
///                    \--another's--> failed (final)
/// ```
///
/// Thread-safe; no lock is held over a request.
public final class UploadBacklog {
    /// Gives the user metadata a file goes up with.
    @FunctionalInterface
    public interface Metadata {
        Map<String, String> of(RangeId id) throws IOException;
    }

    private final LocalRanges local;
    private final RemoteRanges remote;
    private final int level;
    private final long bytesMax;
    private final Metadata metadata;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<RangeFile> pending = new ArrayDeque<>();
    private long pendingBytes;
    private long confirmedEnd;
    private boolean uploading;
    private @Nullable RangeTakenException conflict;

    private UploadBacklog(
            LocalRanges local, RemoteRanges remote, int level, long bytesMax, Metadata metadata) {
        this.local = local;
        this.remote = remote;
        this.level = level;
        this.bytesMax = bytesMax;
        this.metadata = metadata;
    }

    /// Works out what is pending, from what both sides know.
    ///
    /// Files of the same name must be the same file. The newest of them is looked at (one or two small
    /// requests, none if there is none): since each file rests on those before it, that one tells of all. That
    /// local positions go on where the remote ones end, the caller makes sure of.
    ///
    /// @param bytesMax from how many pending bytes on [#isFull()] says so
    /// @param metadata asked right before each put, also for files from before a restart
    ///     (`local::attributes` gives what they were finished with)
    /// @throws RangeTakenException if the remote side has another file of the same name, or goes on past what
    ///     is pending without having anything in common: it is another history
    public static UploadBacklog open(
            LocalRanges local, RemoteRanges remote, int level, long bytesMax, Metadata metadata)
            throws IOException {
        UploadBacklog backlog = new UploadBacklog(local, remote, level, bytesMax, metadata);
        Optional<RangeFile> shared = Optional.empty();
        for (RangeFile file : local.known().list(level)) {
            if (remote.known().find(file.id()).isPresent()) {
                shared = Optional.of(file);
            } else if (!remote.known().cover(file.id().first(), file.id().last())) {
                backlog.enqueue(file);
            }
        }
        backlog.confirmedEnd = remoteEnd(remote.known());
        backlog.requireOneHistory(shared);
        if (!backlog.pending.isEmpty()) {
            backlog.confirmedEnd = backlog.pending.getFirst().id().first();
        }
        return backlog;
    }

    private void requireOneHistory(Optional<RangeFile> shared) throws IOException {
        if (shared.isPresent()) {
            RangeId id = shared.get().id();
            if (!remote.resembles(id, local.body(id))) {
                throw taken(id);
            }
        } else if (!pending.isEmpty()
                && Long.compareUnsigned(pending.getFirst().id().first(), confirmedEnd) < 0) {
            throw taken(pending.getFirst().id());
        }
    }

    private RangeTakenException taken(RangeId id) {
        return new RangeTakenException(id, remote + ": " + remote.key(id));
    }

    private static long remoteEnd(KnownRanges known) {
        long end = 0;
        for (int level = 0; level < known.levels(); level++) {
            long last = known.newest(level).map(file -> file.id().last() + 1).orElse(0L);
            end = Long.compareUnsigned(last, end) > 0 ? last : end;
        }
        return end;
    }

    /// Adds a file that is durable locally. Takes it even when full: it is there anyway.
    ///
    /// @throws IllegalArgumentException if it is of another level, or does not begin past the one before it
    public void add(RangeFile file) {
        locked(() -> {
            long end = pending.isEmpty() ? confirmedEnd : pending.getLast().id().last() + 1;
            if (file.id().level() != level || Long.compareUnsigned(file.id().first(), end) < 0) {
                throw new IllegalArgumentException(
                        "%s does not begin at or past position %s of level %d"
                                .formatted(file.id(), Long.toUnsignedString(end), level));
            }
            enqueue(file);
            return file;
        });
    }

    private void enqueue(RangeFile file) {
        locked(() -> {
            pending.add(file);
            pendingBytes += file.bytes();
            changed.signalAll();
            return file;
        });
    }

    /// Uploads the oldest pending file, if there is one and no other thread is at it.
    ///
    /// @return whether a file was confirmed
    /// @throws RangeTakenException if another writer has its name; so does each later call
    /// @throws IOException if it could not be uploaded, or nobody knows; nothing is lost, and trying again is
    ///     safe. If the local file is gone, trying again fails again
    public boolean uploadNext() throws IOException {
        RangeFile file = begin();
        if (file == null) {
            return false;
        }
        try {
            upload(file);
            confirm(file);
            return true;
        } catch (RangeTakenException e) {
            fail(e);
            throw e;
        } finally {
            end();
        }
    }

    private @Nullable RangeFile begin() throws RangeTakenException {
        lock.lock();
        try {
            if (conflict != null) {
                throw conflict;
            }
            if (uploading || pending.isEmpty()) {
                return null;
            }
            uploading = true;
            return pending.getFirst();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            uploading = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void upload(RangeFile file) throws IOException {
        ObjectBody body = local.body(file.id());
        PutOutcome outcome = remote.put(file.id(), body, file.created(), metadata.of(file.id()));
        switch (outcome) {
            case PutOutcome.Created created -> {}
            case PutOutcome.AlreadyThere there -> {
                if (!remote.holds(file.id(), body)) {
                    throw new RangeTakenException(file.id(), remote + ": " + remote.key(file.id()));
                }
                remote.learn(file);
            }
        }
    }

    private void confirm(RangeFile file) {
        lock.lock();
        try {
            pending.removeFirst();
            pendingBytes -= file.bytes();
            confirmedEnd = file.id().last() + 1;
        } finally {
            lock.unlock();
        }
    }

    private void fail(RangeTakenException cause) {
        lock.lock();
        try {
            conflict = cause;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is something to upload, or a conflict.
    void awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while ((pending.isEmpty() || uploading) && conflict == null) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything up to a position is confirmed. Somebody must be uploading, see [Uploader].
    ///
    /// @param atMost how long to wait
    /// @return whether it is; false if the time was over first
    /// @throws RangeTakenException if another writer has a name of ours: it never will be
    public boolean awaitConfirmed(long position, Duration atMost)
            throws RangeTakenException, InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (Long.compareUnsigned(position, confirmedEnd) >= 0) {
                if (conflict != null) {
                    throw conflict;
                }
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Returns the position before which everything is known to be remote; 0 if nothing is.
    public long confirmedEnd() {
        return locked(() -> confirmedEnd);
    }

    /// Returns whether a file may go from here: it is known to be remote.
    public boolean isConfirmed(RangeFile file) {
        return Long.compareUnsigned(file.id().last(), confirmedEnd()) < 0;
    }

    /// Returns whether no more should be added: there are at least as many bytes pending as allowed.
    public boolean isFull() {
        return pendingBytes() >= bytesMax;
    }

    public long pendingBytes() {
        return locked(() -> pendingBytes);
    }

    public int pendingFiles() {
        return locked(pending::size);
    }

    /// Returns the oldest file that is not confirmed.
    public Optional<RangeFile> next() {
        return locked(() -> Optional.ofNullable(pending.peekFirst()));
    }

    /// Returns the conflict that ended this, if there was one.
    public Optional<RangeTakenException> conflict() {
        return locked(() -> Optional.ofNullable(conflict));
    }

    private <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "backlog of level " + level + " to " + remote;
    }
}
