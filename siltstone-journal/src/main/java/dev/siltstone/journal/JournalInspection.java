package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells what is in journal files, and what is wrong with them. Opens them for reading only, takes no lock,
/// and works beside a running server.
public final class JournalInspection {
    private final Disk disk;
    private final Consumer<JournalFact> facts;

    private JournalInspection(Disk disk, Consumer<JournalFact> facts) {
        this.disk = disk;
        this.facts = facts;
    }

    /// Inspects one file. Its neighbours in the directory tell whether it is the newest.
    ///
    /// @throws IOException if it cannot be read; damage is a fact, not an exception
    public static void inspectFile(Disk disk, Path file, Consumer<JournalFact> facts)
            throws IOException {
        Path name = file.getFileName();
        Path directory = file.toAbsolutePath().getParent();
        Long start = name == null ? null : JournalFormat.startOf(name.toString());
        List<Long> starts =
                start == null || directory == null
                        ? List.of()
                        : JournalRecovery.starts(disk, directory);
        new JournalInspection(disk, facts).inspect(file, start, after(starts, start));
    }

    /// Inspects all journal files of a directory, oldest first.
    ///
    /// @throws IOException if one cannot be read
    public static void inspectDirectory(Disk disk, Path directory, Consumer<JournalFact> facts)
            throws IOException {
        List<Long> starts = JournalRecovery.starts(disk, directory);
        for (Long start : starts) {
            Path file = directory.resolve(JournalFormat.fileName(start));
            new JournalInspection(disk, facts).inspect(file, start, after(starts, start));
        }
    }

    private static @Nullable Long after(List<Long> starts, @Nullable Long start) {
        int at = start == null ? -1 : starts.indexOf(start);
        return at < 0 || at + 1 == starts.size() ? null : starts.get(at + 1);
    }

    private void inspect(Path path, @Nullable Long start, @Nullable Long nextStart)
            throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            FileHeader header =
                    JournalScan.readHeader(file, start == null ? startIn(file) : start, null);
            facts.accept(
                    new JournalFact.Header(
                            path,
                            header.start(),
                            header.salt(),
                            header.logId(),
                            header.capacity(),
                            header.recycled(),
                            nextStart == null));
            JournalScan scan =
                    nextStart == null
                            ? JournalScan.last(file, header)
                            : JournalScan.full(file, header, nextStart);
            inspect(path, header, scan);
        } catch (JournalDamagedException e) {
            facts.accept(
                    new JournalFact.Damaged(
                            path,
                            e.position(),
                            e.filePosition(),
                            e.reason(),
                            e.expected(),
                            e.actual()));
        }
    }

    /// The name tells nothing, so the header must do.
    private static long startIn(DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(JournalFormat.HEADER_BYTES);
        file.read(bytes, 0);
        return JournalFormat.decodeFileHeader(bytes.flip())
                        instanceof Decoded.Good<FileHeader>(FileHeader header)
                ? header.start()
                : 0;
    }

    private void inspect(Path path, FileHeader header, JournalScan scan) throws IOException {
        for (boolean more = true; more; ) {
            Scanned found = scan.next();
            more = found instanceof Scanned.Batch || found instanceof Scanned.Entry;
            facts.accept(factOf(path, header, found));
        }
    }

    private static JournalFact factOf(Path path, FileHeader header, Scanned found) {
        return switch (found) {
            case Scanned.Batch(BatchHeader batch) ->
                    new JournalFact.Batch(
                            path,
                            batch.position(),
                            header.filePosition(batch.position()),
                            batch.durableEnd(),
                            batch.entries(),
                            batch.batchBytes());
            case Scanned.Entry entry ->
                    new JournalFact.Entry(
                            path,
                            entry.position(),
                            header.filePosition(entry.position()),
                            entry.payload());
            case Scanned.End end ->
                    new JournalFact.End(
                            path,
                            end.position(),
                            header.filePosition(end.position()),
                            end.afterMark());
            case Scanned.Torn torn ->
                    new JournalFact.Torn(
                            path,
                            torn.position(),
                            header.filePosition(torn.position()),
                            torn.bytes(),
                            torn.reason());
            case Scanned.Damaged damaged ->
                    new JournalFact.Damaged(
                            path,
                            damaged.position(),
                            damaged.filePosition(),
                            damaged.reason(),
                            damaged.expected(),
                            damaged.actual());
        };
    }
}
