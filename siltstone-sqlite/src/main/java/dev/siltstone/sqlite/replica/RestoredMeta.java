package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.RealDisk;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.ChecksumFile;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.LtxSource;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The meta directory of a database that is restored: `.<name>-litestream` beside it. What it held was about
/// another database, so it goes before the exchange; what it holds afterwards says where the new one stands.
///
/// | in it           | after a restore                                                                      |
/// |-----------------|--------------------------------------------------------------------------------------|
/// | `ltx/0/…`       | the newest file of level 0, if the database was restored up to its end: Litestream and we number on from it |
/// | `checksums`     | the checksums of all pages ([ChecksumFile])                                          |
/// | the position    | what [RestoredPosition] makes of it                                                  |
final class RestoredMeta {
    static final String CHECKSUMS = "checksums";

    private final Disk disk;
    private final Path directory;
    private final RestoredPosition position;

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
        LocalRanges local = open();
        Optional<RangeFile> newest = local.known().newest(0);
        if (newest.isPresent() && Long.compareUnsigned(newest.get().id().last(), txid.value()) > 0) {
            throw new RestoreRefusedException(
                    "%s goes beyond transaction %s that is to be restored, and may never have been uploaded; upload it, or force the restore to give it up"
                            .formatted(local.path(newest.get().id()), txid));
        }
    }

    private LocalRanges open() throws IOException {
        return LocalRanges.open(disk, directory, LitestreamNames.FILES);
    }

    /// Forgets what was known, durably.
    void forget() throws IOException {
        position.forget();
        if (!disk.exists(directory)) {
            return;
        }
        Path checksums = directory.resolve(CHECKSUMS);
        if (disk.exists(checksums)) {
            disk.delete(checksums);
            disk.forceDirectory(directory);
        }
        LocalRanges local = open();
        for (int level = 0; level < local.known().levels(); level++) {
            local.delete(local.known().list(level).stream().map(RangeFile::id).toList());
        }
    }

    /// Writes down where the restored database stands.
    void write(RemoteRanges remote, RestorePages pages, Restored restored) throws IOException {
        LocalRanges local = open();
        Optional<RangeFile> newest =
                remote.known()
                        .newest(0)
                        .filter(file -> file.id().last() == restored.txid().value());
        if (newest.isPresent()) {
            fetch(remote, local, newest.get(), restored);
        }
        if (disk instanceof RealDisk real) {
            writeChecksums(real, pages, restored);
        }
        position.restored(restored);
    }

    private void fetch(RemoteRanges remote, LocalRanges local, RangeFile file, Restored restored)
            throws IOException {
        try (StagedRange staged = local.stage(0)) {
            remote.fetch(file.id(), staged.file());
            LtxReader.verify(remote.key(file.id()).value(), LtxSource.of(staged.file()).open());
            staged.finish(
                    file.id().first(),
                    file.id().last(),
                    remote.exact(file.id()).created(),
                    Map.of(
                            LitestreamNames.CHECKSUM_METADATA,
                            PageChecksum.text(restored.checksum())));
        }
    }

    private void writeChecksums(RealDisk real, RestorePages pages, Restored restored)
            throws IOException {
        Path path = directory.resolve(CHECKSUMS);
        try (ChecksumFile file = ChecksumFile.open(real, path, restored.pageSize())) {
            file.rebuild();
            pages.eachChecksum(file::set);
            file.advance(restored.txid(), restored.pages());
            if (!file.isComplete() || file.checksum() != restored.checksum()) {
                throw new IllegalStateException(path + " does not sum up to what was restored");
            }
        }
        disk.forceDirectory(directory);
    }
}
