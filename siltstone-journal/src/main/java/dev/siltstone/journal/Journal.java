package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The log of one data directory: entries, forced in batches, in files that are written one after the other.
/// The bytes are described at [JournalFormat].
///
/// ```
///   open --> OPEN ---- a write, a force failed; a file was removed ----> FAILED
///              |                                                            |
///              '------------------------- close ------------> CLOSED <------'
/// ```
///
/// In FAILED and CLOSED nothing is written any more. In FAILED what is durable can still be read; the cause
/// stays and every call that would write tells it. There is no way back: a failed force says nothing about
/// what reached the disk, and only opening again finds out.
///
/// Threads: [#room], [#beginEntry], [#endEntry], [#hasStaged], [#commit] and [#mark] belong to one thread at a
/// time, the *leader*, who hands over with a happens-before edge. Everything else may be called by any thread.
public final class Journal implements Closeable {
    /// What lies before an entry's payload: the payload of the entry at `position` starts at
    /// `position + ENTRY_HEADER_BYTES`.
    public static final int ENTRY_HEADER_BYTES = JournalFormat.ENTRY_HEADER_BYTES;

    /// Whether an entry can be staged.
    public enum Room {
        /// It can.
        FITS,
        /// Not in this batch: commit, then ask again.
        AFTER_COMMIT,
        /// The file is full and there is no room on the disk for the next one. Asking again later may help.
        NO_SPACE
    }

    private static final String REMOVED = "it was removed or replaced while the journal was open";

    private final Disk disk;
    private final Path directory;
    private final JournalSettings settings;
    private final RandomGenerator random;
    private final FilePreparer preparer;
    private final JournalFiles files;
    private final JournalReader reader;
    private final long logId;
    private final BatchStaging staging;

    // the leader's
    private JournalFile active;
    private DiskFile activeFile;
    private long end;
    private boolean lastIsMark;

    private final Object publishing = new Object();
    private volatile long durableEnd;
    private volatile long activeFileStart;
    private volatile boolean noSpace;
    private volatile @Nullable JournalFailedException failure;
    private volatile boolean closed;

    private Journal(
            Disk disk,
            Path directory,
            JournalSettings settings,
            RandomGenerator random,
            FilePreparer preparer,
            JournalFiles files,
            JournalRecovery recovered)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
        this.random = random;
        this.preparer = preparer;
        this.files = files;
        this.reader = new JournalReader(files);
        this.staging = new BatchStaging(settings.batchBytesMax());
        this.active = files.active();
        this.activeFile = active.acquire();
        this.logId = active.header().logId();
        this.end = recovered.files().isEmpty() ? active.start() : recovered.end();
        this.lastIsMark = recovered.afterMark();
        this.durableEnd = end;
        this.activeFileStart = active.start();
        staging.seed(active.header().salt());
    }

    /// Opens the journal in a directory, creating both if needed: hands every durable entry to `replay`, cuts a
    /// torn tail, and is ready to append when it returns. The caller holds the lock of the data directory.
    ///
    /// @param random gives salts and the log's id; used by the leader
    /// @throws JournalDamagedException if something durable is not what was written; nothing was changed
    /// @throws IOException if the disk or `replay` fails; trying again is safe
    public static Journal open(
            Disk disk,
            Path directory,
            JournalSettings settings,
            RandomGenerator random,
            JournalReplay replay)
            throws IOException {
        disk.createDirectories(directory);
        JournalRecovery recovery =
                new JournalRecovery(disk, directory, settings.openFilesMax(), replay);
        FilePreparer preparer = new FilePreparer(disk, directory, settings);
        JournalFiles files = null;
        try {
            recovery.scan();
            recovery.repair();
            files = new JournalFiles(recovery.files(), settings.openFilesMax());
            if (files.isEmpty()) {
                preparer.prepare();
                files.add(firstFile(disk, directory, random, preparer));
            }
            Journal journal =
                    new Journal(disk, directory, settings, random, preparer, files, recovery);
            if (settings.preparesInBackground()) {
                preparer.start();
            }
            return journal;
        } catch (IOException | RuntimeException | Error e) {
            recovery.abandon();
            preparer.stop();
            if (files != null) {
                for (JournalFile file : files.all()) {
                    file.close();
                }
            }
            throw e;
        }
    }

    private static JournalFile firstFile(
            Disk disk, Path directory, RandomGenerator random, FilePreparer preparer)
            throws IOException {
        PreparedFile prepared = preparer.take();
        if (prepared == null) {
            throw new IOException("no file could be prepared in " + directory, preparer.refusal());
        }
        return begin(disk, directory, prepared, 0, random.nextLong(), random.nextLong());
    }

    /// Makes a prepared file the journal's: header, force, name, force. A crash before the last step leaves a
    /// prepared file, which the next start deletes.
    private static JournalFile begin(
            Disk disk, Path directory, PreparedFile prepared, long start, long salt, long logId)
            throws IOException {
        FileHeader header =
                new FileHeader(start, salt, logId, prepared.capacity(), prepared.recycled());
        prepared.file().write(JournalFormat.encode(header), 0);
        prepared.file().force();
        Path path = directory.resolve(JournalFormat.fileName(start));
        disk.rename(prepared.path(), path);
        disk.forceDirectory(directory);
        return new JournalFile(disk, path, header, prepared.file());
    }

    /// Says whether an entry can be staged. With nothing staged it moves on to the next file by itself when the
    /// active one is full, which may wait a bounded time for that file to be ready.
    ///
    /// @throws IllegalArgumentException if `payloadBytes` is above the bound of an entry
    /// @throws JournalFailedException if the journal failed or is closed
    public Room room(int payloadBytes) throws JournalFailedException {
        refuseIfStopped();
        if (payloadBytes > settings.entryBytesMax()) {
            throw new IllegalArgumentException(
                    "an entry of %d bytes; at most %d"
                            .formatted(payloadBytes, settings.entryBytesMax()));
        }
        if (fits(payloadBytes)) {
            return Room.FITS;
        }
        if (!staging.isEmpty()) {
            return Room.AFTER_COMMIT;
        }
        return nextFile() ? Room.FITS : Room.NO_SPACE;
    }

    private boolean fits(int payloadBytes) {
        long bytes = staging.batchBytesWith(payloadBytes);
        long left = active.header().positionMax() - JournalFormat.MARK_BYTES - end;
        return bytes <= settings.batchBytesMax() && bytes <= left;
    }

    private boolean nextFile() throws JournalFailedException {
        PreparedFile prepared = preparer.take();
        noSpace = prepared == null;
        if (prepared == null) {
            return false;
        }
        try {
            JournalFile next = begin(disk, directory, prepared, end, random.nextLong(), logId);
            active.release();
            active = next;
            activeFile = next.acquire();
            files.add(next);
            files.closeLeastUsed();
        } catch (IOException e) {
            throw fail("the next file could not be started", e);
        }
        staging.seed(active.header().salt());
        lastIsMark = false;
        activeFileStart = active.start();
        return true;
    }

    /// Stages an entry; [#room] said that it fits. The payload is to be written into the returned buffer, from
    /// its position on.
    public ByteBuffer beginEntry(int payloadBytesMax) {
        if (!fits(payloadBytesMax)) {
            throw new IllegalStateException("no room for " + payloadBytesMax + " bytes");
        }
        return staging.beginEntry(end, payloadBytesMax);
    }

    /// Ends the entry begun last, with what was written into its buffer: at least one byte.
    ///
    /// @return the entry's position
    public long endEntry() {
        return staging.endEntry();
    }

    public boolean hasStaged() {
        return !staging.isEmpty();
    }

    /// Makes the staged entries durable, with one write and one force. Without effect if nothing is staged.
    ///
    /// @throws JournalFailedException if the journal failed, now or before, or is closed: the entries are not
    ///     durable here, and may still be found after a restart
    public void commit() throws JournalFailedException {
        refuseIfStopped();
        if (staging.isEmpty()) {
            return;
        }
        append(staging.seal(end));
        staging.clear();
        lastIsMark = false;
    }

    /// Appends a tail mark, unless the last batch is one: what lies before it will never be taken for torn.
    ///
    /// @throws JournalFailedException as [#commit] does
    public void mark() throws JournalFailedException {
        commit();
        if (!lastIsMark) {
            append(staging.tailMark(end));
            lastIsMark = true;
        }
    }

    private void append(ByteBuffer batch) throws JournalFailedException {
        long batchEnd = end + batch.remaining();
        try {
            activeFile.write(batch, active.header().filePosition(end));
            activeFile.force();
            if (!active.isLinked()) {
                throw new NoSuchFileException(active.toString(), null, REMOVED);
            }
        } catch (IOException e) {
            throw fail("a batch did not become durable", e);
        }
        publish(batchEnd);
    }

    private void publish(long batchEnd) throws JournalFailedException {
        synchronized (publishing) {
            refuseIfStopped();
            end = batchEnd;
            durableEnd = batchEnd;
        }
    }

    private void refuseIfStopped() throws JournalFailedException {
        JournalFailedException cause = failure;
        if (cause != null) {
            throw new JournalFailedException(cause);
        }
        if (closed) {
            throw new JournalFailedException("the journal in " + directory + " is closed", null);
        }
    }

    /// Fails, then saves the files that somebody removed, if any. The order matters: nothing becomes durable
    /// after the failure, so the copies are complete.
    private JournalFailedException fail(String what, IOException cause) {
        String message =
                "the journal in %s takes no more entries until it is opened again: %s (%s)"
                        .formatted(
                                directory,
                                what,
                                Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
        JournalFailedException failed = failOnce(new JournalFailedException(message, cause));
        for (JournalFile file : files.all()) {
            rescue(file, cause);
        }
        return failed;
    }

    private JournalFailedException failOnce(JournalFailedException failed) {
        synchronized (publishing) {
            JournalFailedException first = failure;
            if (first != null) {
                return first;
            }
            failure = failed;
            return failed;
        }
    }

    private void rescue(JournalFile file, IOException cause) {
        try {
            DiskFile removed = file.beginRescue();
            if (removed != null) {
                FileRescue.writeAgain(disk, removed, file, files.endOf(file, durableEnd));
            }
        } catch (IOException e) {
            cause.addSuppressed(new IOException(file + " could not be written again", e));
        }
    }

    /// Returns the position before which everything is durable.
    public long durableEnd() {
        return durableEnd;
    }

    /// Returns the random number that tells this log from any other.
    public long logId() {
        return logId;
    }

    /// Returns where the file starts that is being written; changes when the journal moves on to the next.
    public long activeFileStart() {
        return activeFileStart;
    }

    /// Returns where the oldest live file starts.
    public long firstFileStart() {
        return files.firstStart();
    }

    /// Returns the start positions of the live files, ascending.
    public List<Long> fileStarts() {
        return files.starts();
    }

    /// Fills `target` with durable bytes of the log as they lie there, checksums unverified. They must lie in
    /// one file, as every entry does.
    ///
    /// @return the number of bytes read: all that `target` had room for
    /// @throws EOFException if they run past the durable end, or past the end of the file that `position` is in
    /// @throws IOException if they were dropped or cannot be read; names the file
    public int read(ByteBuffer target, long position) throws IOException {
        refuseReadsIfClosed();
        return reader.read(target, position, durableEnd);
    }

    /// Reads and verifies one durable entry.
    ///
    /// @param position as [#endEntry] or the replay told it
    /// @return the payload
    /// @throws JournalDamagedException if no such entry is there
    public ByteBuffer readEntry(long position) throws IOException {
        refuseReadsIfClosed();
        return reader.readEntry(position, durableEnd);
    }

    private void refuseReadsIfClosed() throws IOException {
        if (closed) {
            throw new IOException("the journal in " + directory + " is closed");
        }
    }

    /// Shows the durable entries of a part of one file, in order, all checksums verified. Their payloads are
    /// valid only during the call.
    ///
    /// @param from where a batch begins
    /// @param to where a batch begins, or the durable end; in the same file as `from`, or its end
    /// @throws JournalDamagedException if something there is not what was written
    /// @throws IOException if the file was dropped or cannot be read, or what `visitor` throws
    public void scan(long from, long to, EntryVisitor visitor) throws IOException {
        refuseReadsIfClosed();
        reader.scan(from, to, durableEnd, visitor);
    }

    /// Returns where the file that holds a position ends in the log: where the next one starts, or the
    /// durable end.
    ///
    /// @throws IOException if it was dropped
    public long fileEnd(long position) throws IOException {
        return files.endOf(files.holding(position), durableEnd);
    }

    /// Gives a full file a second name, durably. Its bytes stay there for ever: it is not written again after
    /// [#dropBefore], however often the journal is opened until then.
    ///
    /// @param fileStart of a file before the active one
    /// @throws java.nio.file.FileAlreadyExistsException if the name is taken
    public synchronized void link(long fileStart, Path target) throws IOException {
        refuseReadsIfClosed();
        JournalFile file = files.holding(fileStart);
        if (file.start() != fileStart || fileStart == activeFileStart) {
            throw new IllegalArgumentException("no full file starts at " + fileStart);
        }
        disk.link(file.path(), target);
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
    }

    /// Returns the path of the file that holds a position.
    ///
    /// @throws IOException if it was dropped
    public Path fileOf(long position) throws IOException {
        return files.holding(position).path();
    }

    /// Says whether a next file was needed and could not be had. Heals by itself once there is room.
    public boolean noSpace() {
        return noSpace && preparer.refusal() != null;
    }

    /// Returns why the journal takes no more entries, or `null`.
    public @Nullable Throwable failure() {
        return failure;
    }

    /// Prepares the next file if none is ready; without a thread in the background that is how it gets ready
    /// ahead.
    ///
    /// @throws IOException if there is no room for it; it may be tried again
    public void prepareNext() throws IOException {
        preparer.prepare();
    }

    /// Lets go of all files that hold only positions before `position`: some are kept to be written again, but
    /// none that has a second name; the others are deleted. The active file stays. Oldest first, and each is durably
    /// gone before the next goes: a crash leaves no gap.
    public synchronized void dropBefore(long position) throws IOException {
        refuseIfStopped();
        for (JournalFile file : files.all()) {
            if (file.start() == activeFileStart || files.endOf(file, durableEnd) > position) {
                return;
            }
            drop(file);
        }
    }

    /// Takes the oldest file out. If its name cannot be taken away it stays; the next attempt begins with it
    /// again, so no file goes before an older one.
    private void drop(JournalFile file) throws IOException {
        boolean kept = disk.facts(file.path()).names() > 1;
        preparer.fileIsKept(kept);
        boolean recycles =
                !kept
                        && file.header().capacity() == settings.fileBytes()
                        && preparer.wantsRecycled();
        PreparedFile recycled = file.unlink(recycles);
        try {
            disk.forceDirectory(directory);
        } catch (IOException e) {
            throw fail("a file may or may not be gone", e);
        }
        files.remove(file);
        file.drop();
        if (recycled != null) {
            preparer.addRecycled(recycled);
        }
    }

    /// Looks whether all files are still there. If not, the journal fails for good, and what it still holds
    /// open is written again under its name. To be called every now and then, by one thread.
    public synchronized void checkFiles() throws IOException {
        if (closed) {
            return;
        }
        for (JournalFile file : files.all()) {
            if (!file.isLinked()) {
                // the caller learns it from failure(), as everybody does
                var _ =
                        fail(
                                "a file is missing",
                                new NoSuchFileException(file.toString(), null, REMOVED));
                return;
            }
        }
    }

    /// Appends a tail mark and closes all files. What is staged is forgotten. Belongs to the leader.
    ///
    /// @throws IOException if the mark cannot be written; the journal is closed all the same
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            staging.clear();
            if (failure == null) {
                mark();
            }
        } finally {
            closed = true;
            preparer.stop();
            active.release();
            for (JournalFile file : files.all()) {
                file.close();
            }
        }
    }
}
