package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A live file of the journal. Opens itself when it is read, and stays open until told otherwise.
///
/// Thread-safe.
final class JournalFile {
    private final Disk disk;
    private final Path path;
    private final FileHeader header;

    private @Nullable DiskFile file;
    private int users;
    private boolean closeWhenUnused;
    private boolean rescued;
    private boolean unlinked;
    private volatile boolean dropped;
    private volatile long lastUse;

    JournalFile(Disk disk, Path path, FileHeader header, @Nullable DiskFile file) {
        this.disk = disk;
        this.path = path;
        this.header = header;
        this.file = file;
    }

    Path path() {
        return path;
    }

    FileHeader header() {
        return header;
    }

    long start() {
        return header.start();
    }

    long lastUse() {
        return lastUse;
    }

    /// Fills `target` with the bytes at a log position.
    ///
    /// @param use a number that rises from use to use
    void read(ByteBuffer target, long position, long use) throws IOException {
        int wanted = target.remaining();
        DiskFile open = acquire();
        lastUse = use;
        try {
            int read = open.read(target, header.filePosition(position));
            if (read < wanted) {
                throw new EOFException(
                        path + " ends at file position " + (header.filePosition(position) + read));
            }
        } finally {
            release();
        }
        if (dropped) {
            throw gone();
        }
    }

    /// Shows the entries between two places where batches begin, verified.
    ///
    /// @param use a number that rises from use to use
    void scan(long from, long to, long use, EntryVisitor visitor) throws IOException {
        DiskFile open = acquire();
        lastUse = use;
        try {
            JournalScan scan = JournalScan.part(open, header, from, to);
            boolean more = true;
            while (more) {
                switch (scan.next()) {
                    case Scanned.Batch _ -> {}
                    case Scanned.Entry entry -> visitor.entry(entry.position(), entry.payload());
                    case Scanned.Damaged damaged -> {
                        if (dropped) {
                            throw gone();
                        }
                        throw new JournalDamagedException(damaged.in(path));
                    }
                    case Scanned.End _, Scanned.Torn _ -> more = false;
                }
            }
        } finally {
            release();
        }
        if (dropped) {
            throw gone();
        }
    }

    /// Returns the open file, which stays open until [#release].
    synchronized DiskFile acquire() throws IOException {
        if (dropped) {
            throw gone();
        }
        DiskFile open = file;
        if (open == null) {
            open = disk.open(path);
            file = open;
        }
        users++;
        closeWhenUnused = false;
        return open;
    }

    synchronized void release() throws IOException {
        users--;
        if (closeWhenUnused && users == 0) {
            closeNow();
        }
    }

    synchronized boolean isOpen() {
        return file != null;
    }

    /// Closes the file once nobody reads it.
    synchronized void close() throws IOException {
        closeWhenUnused = true;
        if (users == 0) {
            closeNow();
        }
    }

    private void closeNow() throws IOException {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    /// Takes the file's name away: deletes it, or keeps it under another name to be written again.
    ///
    /// @return the kept file, or `null`
    /// @throws IOException if the name could not be taken away; nothing changed
    @Nullable PreparedFile unlink(boolean recycles) throws IOException {
        setUnlinked(true);
        try {
            if (!recycles) {
                disk.delete(path);
                return null;
            }
            DiskFile kept = disk.open(path);
            try {
                Path spare = path.resolveSibling(header.start() + FilePreparer.SUFFIX);
                disk.rename(path, spare);
                return new PreparedFile(kept, spare, header.capacity(), true);
            } catch (IOException e) {
                kept.close();
                throw e;
            }
        } catch (IOException e) {
            setUnlinked(false);
            throw e;
        }
    }

    private synchronized void setUnlinked(boolean byUs) {
        unlinked = byUs;
    }

    /// From now on reads fail, those that have begun included: the bytes may be overwritten.
    void drop() throws IOException {
        dropped = true;
        close();
    }

    /// Says whether the file is where it belongs: still there under its name, or again, or taken away by us.
    synchronized boolean isLinked() throws IOException {
        if (rescued || unlinked) {
            return true;
        }
        DiskFile open = file;
        return open == null ? disk.exists(path) : open.isLinkedAt(path);
    }

    /// Returns the file, to be written again, if somebody removed it. Tells so once.
    ///
    /// @throws IOException if it was not open: then it is lost
    synchronized @Nullable DiskFile beginRescue() throws IOException {
        if (isLinked()) {
            return null;
        }
        rescued = true;
        DiskFile open = file;
        if (open == null) {
            throw new IOException(path + " was not open");
        }
        users++;
        return open;
    }

    private PositionDroppedException gone() {
        return new PositionDroppedException(path + " was dropped from the journal");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
