package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.zip.CRC32C;

/// Writes a run index: under another name first, forced, then renamed, so that its own name never leads to
/// half of one.
public final class RunIndexWriter {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String UNFINISHED = ".unfinished";

    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();
    private long filePosition;

    private RunIndexWriter(DiskFile file) {
        this.file = file;
    }

    /// Writes the run index of the journal file from log position `start` to `end`, durably.
    ///
    /// @param runs by key
    /// @throws IOException if it could not be written; nothing lies under `path` then, and the caller may
    ///     try again
    public static void write(
            Disk disk, Path path, long start, long end, SortedMap<Long, EntryTable> runs)
            throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        if (disk.exists(unfinished)) {
            disk.delete(unfinished);
        }
        try (DiskFile file = disk.create(unfinished)) {
            new RunIndexWriter(file).writeAll(start, end, runs);
            file.force();
        }
        disk.rename(unfinished, path);
        disk.forceDirectory(Objects.requireNonNull(path.getParent(), "a path in a directory"));
    }

    private void writeAll(long start, long end, SortedMap<Long, EntryTable> runs)
            throws IOException {
        long entries = runs.values().stream().mapToLong(EntryTable::count).sum();
        buffer.put(
                RunIndexFormat.encode(new RunIndexFormat.Header(start, end, runs.size(), entries)));
        drain();
        crc.reset(); // the header has its own
        long firstEntry = 0;
        for (Map.Entry<Long, EntryTable> run : runs.entrySet()) {
            room(RunIndexFormat.RUN_BYTES);
            EntryTable table = run.getValue();
            RunIndexFormat.put(
                    buffer,
                    new RunIndexFormat.Run(
                            run.getKey(), firstEntry, table.count(), table.get(0).wireByte()));
            firstEntry += table.count();
        }
        for (EntryTable table : runs.values()) {
            for (int i = 0; i < table.count(); i++) {
                room(RunIndexFormat.ENTRY_BYTES);
                RunIndexFormat.put(buffer, table.get(i));
            }
        }
        drain();
        RunIndexFormat.putFooter(buffer, (int) crc.getValue());
        drain();
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            drain();
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        crc.update(buffer.duplicate());
        int length = buffer.remaining();
        file.write(buffer, filePosition);
        filePosition += length;
        buffer.clear();
    }
}
