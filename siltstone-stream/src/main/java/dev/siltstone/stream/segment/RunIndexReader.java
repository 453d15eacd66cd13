package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Searches a run index without loading it.
///
/// Not thread-safe; open one per search, it costs a descriptor only while it is open.
public final class RunIndexReader implements Closeable {
    /// Entries read at a time once the first was found.
    private static final int ENTRIES_AT_A_TIME = 64;

    private static final int VERIFY_BYTES = 1 << 16;

    private final DiskFile file;
    private final RunIndexFormat.Header header;

    private RunIndexReader(DiskFile file, RunIndexFormat.Header header) {
        this.file = file;
        this.header = header;
    }

    /// Opens a run index and checks its header and length.
    ///
    /// @throws RunIndexDamagedException if they are wrong
    public static RunIndexReader open(Disk disk, Path path) throws IOException {
        DiskFile file = disk.open(path);
        try {
            ByteBuffer bytes = ByteBuffer.allocate(RunIndexFormat.HEADER_BYTES);
            file.read(bytes, 0);
            String wrong = RunIndexFormat.check(bytes.flip());
            if (!wrong.isEmpty()) {
                throw new RunIndexDamagedException(path, wrong);
            }
            RunIndexFormat.Header header = RunIndexFormat.decode(bytes);
            if (header.fileBytes() != file.size()) {
                throw new RunIndexDamagedException(
                        path,
                        "has "
                                + file.size()
                                + " bytes where its header tells of "
                                + header.fileBytes());
            }
            return new RunIndexReader(file, header);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Returns the log position at which the journal file begins.
    public long start() {
        return header.start();
    }

    /// Returns the log position at which the journal file ends.
    public long end() {
        return header.end();
    }

    /// Reads everything and compares the checksum.
    ///
    /// @throws RunIndexDamagedException if it differs
    public void verify() throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = ByteBuffer.allocate(VERIFY_BYTES);
        long end = header.fileBytes() - RunIndexFormat.FOOTER_BYTES;
        long at = RunIndexFormat.HEADER_BYTES;
        while (at < end) {
            bytes.clear().limit((int) Math.min(VERIFY_BYTES, end - at));
            at += file.read(bytes, at);
            crc.update(bytes.flip());
        }
        bytes.clear().limit(RunIndexFormat.FOOTER_BYTES);
        file.read(bytes, end);
        String wrong = RunIndexFormat.checkFooter(bytes.flip(), (int) crc.getValue());
        if (!wrong.isEmpty()) {
            throw new RunIndexDamagedException(file.path(), wrong);
        }
    }

    /// Returns the entries of a run; `null` if the key has none here.
    public @Nullable RunEntries find(long key) throws IOException {
        long row = rowOf(key);
        if (row < 0) {
            return null;
        }
        RunIndexFormat.Run run = runAt(row);
        return (wireByte, visitor) -> visit(run, wireByte, visitor);
    }

    /// @return -1 if there is none
    private long rowOf(long key) throws IOException {
        long low = 0;
        long high = header.runs() - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            long found = runAt(middle).key();
            if (found == key) {
                return middle;
            }
            if (found < key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /// Returns what a key has in the journal file, for reading; `null` if that is nothing.
    ///
    /// @param bytes of the journal file
    public @Nullable RunSource find(long key, EntryBytes bytes) throws IOException {
        long row = rowOf(key);
        return row < 0 ? null : source(runAt(row), bytes);
    }

    /// Returns a cursor over all runs.
    ///
    /// @param bytes of the journal file
    public RunCursor cursor(EntryBytes bytes) {
        return new RunIndexCursor(this, bytes);
    }

    long runs() {
        return header.runs();
    }

    RunIndexFormat.Run runAt(long row) throws IOException {
        return RunIndexFormat.run(read(header.runFilePosition(row), RunIndexFormat.RUN_BYTES));
    }

    RunSource source(RunIndexFormat.Run run, EntryBytes bytes) throws IOException {
        long last = run.firstEntry() + run.entries() - 1;
        RunEntry lastEntry =
                RunIndexFormat.entry(
                        read(header.entryFilePosition(last), RunIndexFormat.ENTRY_BYTES));
        return new JournalRun(
                (wireByte, visitor) -> visit(run, wireByte, visitor),
                run.base(),
                lastEntry.end(),
                bytes);
    }

    private void visit(RunIndexFormat.Run run, long wireByte, RunEntries.Visitor visitor)
            throws IOException {
        long end = run.firstEntry() + run.entries();
        long next = search(run, wireByte);
        while (next < end) {
            int count = (int) Math.min(ENTRIES_AT_A_TIME, end - next);
            ByteBuffer bytes =
                    read(header.entryFilePosition(next), count * RunIndexFormat.ENTRY_BYTES);
            for (int i = 0; i < count; i++) {
                if (!visitor.entry(RunIndexFormat.entry(bytes))) {
                    return;
                }
            }
            next += count;
        }
    }

    private long search(RunIndexFormat.Run run, long wireByte) throws IOException {
        long low = run.firstEntry();
        long high = run.firstEntry() + run.entries() - 1;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (read(header.entryFilePosition(middle), Long.BYTES).getLong() <= wireByte) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private ByteBuffer read(long filePosition, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        if (file.read(buffer, filePosition) < bytes) {
            throw new RunIndexDamagedException(
                    file.path(), "ends before file position " + (filePosition + bytes));
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
