package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A journal file that lives on under another name, for reading: see [Journal#link].
///
/// Thread-safe.
public final class FullJournalFile implements Closeable {
    private final JournalFile file;
    private final DiskFile opened;
    private final JournalReader reader;
    private final long end;

    private FullJournalFile(JournalFile file, DiskFile opened, long end) {
        this.file = file;
        this.opened = opened;
        this.reader = new JournalReader(new JournalFiles(List.of(file), 1));
        this.end = end;
    }

    /// Opens a file and checks its header.
    ///
    /// @param start log position at which it starts
    /// @param end log position at which it ends: where the next one started
    /// @throws JournalDamagedException if its header is not the one that belongs there
    public static FullJournalFile open(Disk disk, Path path, long start, long end)
            throws IOException {
        DiskFile opened = disk.openForReading(path);
        try {
            FileHeader header = JournalScan.readHeader(opened, start, null);
            return new FullJournalFile(new JournalFile(disk, path, header, opened), opened, end);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// Returns the log that the file belongs to.
    public long logId() {
        return file.header().logId();
    }

    /// Returns where the bytes of the log at `position` lie in the file.
    public long filePosition(long position) {
        return file.header().filePosition(position);
    }

    /// Opens the file once more, for the system to send from; see [DiskFile#openForSending].
    public @Nullable FileChannel openForSending() throws IOException {
        return opened.openForSending();
    }

    /// As [Journal#read].
    public int read(ByteBuffer target, long position) throws IOException {
        return reader.read(target, position, end);
    }

    /// As [Journal#readEntry].
    public ByteBuffer readEntry(long position) throws IOException {
        return reader.readEntry(position, end);
    }

    /// As [Journal#scan].
    public void scan(long from, long to, EntryVisitor visitor) throws IOException {
        reader.scan(from, to, end, visitor);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
