package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.RealDisk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads everything in a data directory that no server has open, and tells what is wrong: every checksum, every
/// reference in both directions, and the invariants of [CatalogSchema].
///
/// ```
///   catalog.db, its WAL, catalog.sums   pages, rows, then row against row
///   segments, promoted journal files    each byte, then its runs against the catalog's
///   journal                             each byte, then the entries behind the recovery point, applied to the catalog
/// ```
///
/// Repairs nothing, and deletes nothing. Holds in memory a number per stream that was forked from, and the states of
/// the streams that were not settled.
public final class Verification {
    /// Something that is not as it must be.
    ///
    /// @param file in which it was found
    /// @param wrong what and where, with what was expected and found
    public record Problem(Path file, String wrong) {}

    /// What was read.
    ///
    /// @param recoveryPoint log position before which all is in segments
    /// @param end log position at which the journal ends
    /// @param streams settled ones
    /// @param segments files of settled bytes
    /// @param settledBytes stream bytes in them, dead ones included
    /// @param deadBytes those of them that belong to no stream any more
    /// @param unsettledEntries entries behind the recovery point
    /// @param problems how many were told
    public record Verified(
            long recoveryPoint,
            long end,
            long streams,
            long segments,
            long settledBytes,
            long deadBytes,
            long unsettledEntries,
            long problems) {}

    private final Disk disk;
    private final Path directory;
    private final CatalogFiles files;
    private final Consumer<Problem> problems;
    private long count;

    private Verification(
            Disk disk, Path directory, CatalogFiles files, Consumer<Problem> problems) {
        this.disk = disk;
        this.directory = directory;
        this.files = files;
        this.problems = problems;
    }

    /// Reads a data directory and holds its lock meanwhile.
    ///
    /// @param problems is told each thing that is wrong, as it is found
    /// @throws dev.siltstone.io.DiskLockedException if a server has the directory open
    /// @throws NoSuchFileException if it is no data directory
    /// @throws IOException if something cannot be read; damage is a problem, not an exception
    public static Verified verify(Disk disk, Path directory, Consumer<Problem> problems)
            throws IOException {
        Path journal = directory.resolve("journal");
        if (!disk.exists(journal)) {
            throw new NoSuchFileException(
                    directory.toString(), null, "is no data directory: there is no journal in it");
        }
        try (DiskLock _ = disk.lock(directory.resolve("lock"))) {
            return verify(disk, directory, directory, problems);
        }
    }

    /// Reads a data directory that nobody writes to, with a catalog in a directory of its own on the disk of this
    /// machine.
    static Verified verify(
            Disk disk, Path directory, Path catalogDirectory, Consumer<Problem> problems)
            throws IOException {
        var files = new CatalogFiles(new RealDisk(), catalogDirectory, false);
        return new Verification(disk, directory, files, problems).verify();
    }

    private void tell(Problem problem) {
        count++;
        problems.accept(problem);
    }

    private Verified verify() throws IOException {
        Disk catalogDisk = files.disk();
        if (!catalogDisk.exists(files.database()) && !catalogDisk.exists(files.sums())) {
            return verify((CatalogReader) null); // nothing was ever settled
        }
        try {
            var _ = new CatalogCheck(files, damage -> tell(problem(damage))).run();
            try (CatalogReader catalog =
                    CatalogReader.open(
                            files.database(), CatalogSettings.defaults().writerCacheBytes())) {
                return verify(catalog);
            }
        } catch (CatalogDamagedException e) {
            tell(problem(e));
            return verify((CatalogReader) null);
        }
    }

    private static Problem problem(CatalogDamagedException damage) {
        return new Problem(damage.file(), damage.wrong());
    }

    private Verified verify(@Nullable CatalogReader catalog) throws IOException {
        CatalogVerification rows = null;
        SegmentVerification segments = null;
        CatalogPoint point = CatalogPoint.NEW;
        if (catalog != null) {
            point = catalog.point();
            rows = new CatalogVerification(files.database(), catalog, this::tell);
            rows.verify();
            segments =
                    new SegmentVerification(
                            disk, directory.resolve("segments"), catalog, this::tell);
            segments.verify();
        }
        var log =
                new JournalVerification(
                        disk, directory.resolve("journal"), catalog, point, this::tell);
        log.verify();
        return new Verified(
                point.recoveryPoint(),
                log.end(),
                rows == null ? 0 : rows.streams(),
                segments == null ? 0 : segments.count(),
                segments == null ? 0 : segments.runBytes(),
                segments == null ? 0 : segments.deadBytes(),
                log.unsettledEntries(),
                count);
    }
}
