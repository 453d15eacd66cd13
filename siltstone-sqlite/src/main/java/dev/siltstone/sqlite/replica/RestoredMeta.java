package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.RealDisk;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeGoneException;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.ChecksumFile;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.LtxSource;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The meta directory of a database that is restored: `.<name>-litestream` beside it. What it held was about
/// another database, so it goes before the exchange; what it holds afterwards says where the new one stands.
///
/// | in it           | after a restore                                                                      |
/// |-----------------|--------------------------------------------------------------------------------------|
/// | `ltx/0/…`       | the newest file of level 0, if the database was restored up to its end: Litestream and we number on from it |
/// | `siltstone/checksums` | the checksums of all pages ([ChecksumFile])                                    |
/// | the position    | what [RestoredPosition] makes of it                                                  |
final class RestoredMeta implements Closeable {
    private static final String OWN = "siltstone";
    private static final String CHECKSUMS = "checksums";

    private final Disk disk;
    private final Path directory;
    private final RestoredPosition position;
    private @Nullable LocalRanges local;
    private @Nullable StagedRange staged;
    private @Nullable RangeFile stagedFile;

    /// @param database the restored file, absolute
    RestoredMeta(Disk disk, Path database, RestoredPosition position) {
        this.disk = disk;
        this.directory = directoryOf(database);
        this.position = position;
    }

    /// Returns the meta directory of a database.
    static Path directoryOf(Path database) {
        return database.resolveSibling("." + database.getFileName() + "-litestream");
    }

    /// Checks that nothing is lost with what is here: no file of level 0 that ends behind what is restored, for
    /// it was perhaps never uploaded.
    ///
    /// @throws RestoreRefusedException naming such a file
    void check(Txid txid, boolean force) throws IOException {
        if (force || !disk.exists(directory)) {
            return;
        }
        LocalRanges ranges = open();
        Optional<RangeFile> newest = ranges.known().newest(0);
        if (newest.isPresent()
                && Long.compareUnsigned(newest.get().id().last(), txid.value()) > 0) {
            throw new RestoreRefusedException(
                    "%s goes beyond transaction %s that is to be restored, and may never have been uploaded; upload it, or force the restore to give it up"
                            .formatted(ranges.path(newest.get().id()), txid));
        }
    }

    private LocalRanges open() throws IOException {
        return LocalRanges.open(disk, directory, LitestreamNames.FILES);
    }

    /// Fetches what will be needed, as long as nothing has changed yet.
    ///
    /// @throws IOException if the store fails; nothing changed
    void prepare(RemoteRanges remote, Restored restored) throws IOException {
        LocalRanges ranges = open();
        local = ranges;
        Optional<RangeFile> newest =
                remote.known()
                        .newest(0)
                        .filter(file -> file.id().last() == restored.txid().value());
        if (newest.isEmpty()) {
            return;
        }
        RangeId id = newest.get().id();
        StagedRange file = ranges.stage(0);
        try {
            remote.fetch(id, file.file());
            LtxReader.verify(remote.key(id).value(), LtxSource.of(file.file()).open());
            staged = file;
            stagedFile = remote.exact(id);
        } catch (NoSuchObjectException | RangeGoneException e) {
            file.close(); // merged meanwhile: there is a newer one, so numbering on from this
            // would be wrong
        }
    }

    /// Forgets what was known, durably.
    void forget() throws IOException {
        position.forget();
        if (!disk.exists(directory)) {
            return;
        }
        Path checksums = directory.resolve(OWN).resolve(CHECKSUMS);
        if (disk.exists(checksums)) {
            disk.delete(checksums);
            disk.forceDirectory(directory.resolve(OWN));
        }
        LocalRanges ranges = local == null ? open() : local;
        for (int level = 0; level < ranges.known().levels(); level++) {
            ranges.delete(ranges.known().list(level).stream().map(RangeFile::id).toList());
        }
    }

    /// Writes down where the restored database stands; after [#prepare].
    void write(RestorePages pages, Restored restored) throws IOException {
        if (staged != null && stagedFile != null) {
            staged.finish(
                    stagedFile.id().first(),
                    stagedFile.id().last(),
                    stagedFile.created(),
                    Map.of(
                            LitestreamNames.CHECKSUM_METADATA,
                            PageChecksum.text(restored.checksum())));
        }
        if (disk instanceof RealDisk real) {
            writeChecksums(real, pages, restored);
        }
        position.restored(restored);
    }

    @Override
    public void close() throws IOException {
        if (staged != null) {
            staged.close();
            staged = null;
        }
    }

    private void writeChecksums(RealDisk real, RestorePages pages, Restored restored)
            throws IOException {
        Path own = directory.resolve(OWN);
        disk.createDirectories(own);
        Path path = own.resolve(CHECKSUMS);
        try (ChecksumFile file = ChecksumFile.open(real, path, restored.pageSize())) {
            file.rebuild();
            pages.eachChecksum(file::set);
            file.advance(restored.txid(), restored.pages());
            if (!file.isComplete() || file.checksum() != restored.checksum()) {
                throw new IllegalStateException(path + " does not sum up to what was restored");
            }
        }
        disk.forceDirectory(own);
    }
}
