package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens what a journal left behind. Two phases: *scan* reads everything and changes nothing; only when it
/// found no damage does *repair* make the tail ready to be appended to.
///
/// Used once, by one thread.
final class JournalRecovery {
    private final Disk disk;
    private final Path directory;
    private final int openFilesMax;
    private final JournalReplay replay;
    private final List<JournalFile> files = new ArrayList<>();

    private @Nullable Long logId;
    private long end;
    private boolean afterMark;
    private long lastBatchPosition = -1;
    private long tornBytes;

    JournalRecovery(Disk disk, Path directory, int openFilesMax, JournalReplay replay) {
        this.disk = disk;
        this.directory = directory;
        this.openFilesMax = openFilesMax;
        this.replay = replay;
    }

    /// Returns the live files, oldest first.
    List<JournalFile> files() {
        return files;
    }

    /// Returns the id all files share, or `null` without files.
    @Nullable Long logId() {
        return logId;
    }

    /// Returns the position one past the last whole batch.
    long end() {
        return end;
    }

    /// Says whether the last batch is a tail mark.
    boolean afterMark() {
        return afterMark;
    }

    void scan() throws IOException {
        List<Long> starts = starts(disk, directory);
        if (!starts.isEmpty() && starts.getFirst() > replay.neededFrom()) {
            throw firstFileMissing(starts.getFirst());
        }
        for (int i = 0; i < starts.size(); i++) {
            boolean keepOpen = i >= starts.size() - 1 - openFilesMax;
            scanFile(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : null, keepOpen);
        }
        replay.end(end);
    }

    /// Lists the start positions of the journal files in a directory, ascending. Other files are ignored.
    static List<Long> starts(Disk disk, Path directory) throws IOException {
        List<Long> starts = new ArrayList<>();
        for (Path path : disk.list(directory)) {
            Long start = JournalFormat.startOf(path.getFileName().toString());
            if (start != null) {
                starts.add(start);
            }
        }
        starts.sort(null);
        return starts;
    }

    private JournalDamagedException firstFileMissing(long first) {
        return new JournalDamagedException(
                new Scanned.Damaged(
                        directory.resolve(JournalFormat.fileName(first)),
                        first,
                        0,
                        "files before this one are missing",
                        "a file that holds position " + replay.neededFrom(),
                        "the oldest file starts at " + first));
    }

    /// @param keepOpen so that it can be saved if somebody removes it
    private void scanFile(long start, @Nullable Long nextStart, boolean keepOpen)
            throws IOException {
        Path path = directory.resolve(JournalFormat.fileName(start));
        DiskFile file = disk.open(path);
        boolean scanned = false;
        try {
            FileHeader header = JournalScan.readHeader(file, start, logId);
            logId = header.logId();
            replay.file(start);
            JournalScan scan =
                    nextStart == null
                            ? JournalScan.last(file, header)
                            : JournalScan.full(file, header, nextStart);
            replayFile(scan);
            scanned = true;
            files.add(new JournalFile(disk, path, header, keepOpen ? file : null));
        } finally {
            if (!scanned || !keepOpen) {
                file.close();
            }
        }
    }

    private void replayFile(JournalScan scan) throws IOException {
        for (boolean more = true; more; ) {
            switch (scan.next()) {
                case Scanned.Batch batch -> {}
                case Scanned.Entry entry -> replay.entry(entry.position(), entry.payload());
                case Scanned.End reached -> {
                    endAt(scan, reached.position(), reached.afterMark(), 0);
                    more = false;
                }
                case Scanned.Torn torn -> {
                    endAt(scan, torn.position(), false, torn.bytes());
                    more = false;
                }
                case Scanned.Damaged damage -> throw new JournalDamagedException(damage);
            }
        }
    }

    private void endAt(JournalScan scan, long position, boolean mark, long torn) {
        end = position;
        lastBatchPosition = scan.lastBatchPosition();
        afterMark = mark && lastBatchPosition >= 0;
        tornBytes = torn;
    }

    /// Makes sure of the last batch, cuts a torn tail, and deletes what was being prepared.
    void repair() throws IOException {
        if (!files.isEmpty()) {
            JournalFile last = files.getLast();
            DiskFile file = last.acquire();
            try {
                rewriteLastBatch(file, last.header());
                cutTornTail(file, last.header());
                file.force();
            } finally {
                last.release();
            }
        }
        deletePrepared();
        disk.forceDirectory(directory);
    }

    /// A batch that is read back whole may never have been forced; and if a force failed before, its pages may
    /// count as clean, so that forcing them again does nothing. Writing them again makes the force real.
    private void rewriteLastBatch(DiskFile file, FileHeader header) throws IOException {
        if (lastBatchPosition < 0) {
            return;
        }
        ByteBuffer batch = ByteBuffer.allocateDirect(Math.toIntExact(end - lastBatchPosition));
        file.read(batch, header.filePosition(lastBatchPosition));
        file.write(batch.flip(), header.filePosition(lastBatchPosition));
    }

    private void cutTornTail(DiskFile file, FileHeader header) throws IOException {
        if (tornBytes > 0) {
            long start = header.filePosition(end);
            FilePreparer.writeZeros(file, start, start + tornBytes, () -> false);
        }
    }

    private void deletePrepared() throws IOException {
        for (Path path : disk.list(directory)) {
            if (path.getFileName().toString().endsWith(FilePreparer.SUFFIX)) {
                disk.delete(path);
            }
        }
    }

    /// Closes what the scan left open.
    void abandon() throws IOException {
        for (JournalFile file : files) {
            file.close();
        }
    }
}
