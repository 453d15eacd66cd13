package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.stream.CatalogSumsFormat.Sums;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// The files of a catalog.
///
/// ```
/// <data>/catalog.db         the database
///        catalog.db-wal     its WAL
///        catalog.db-shm     SQLite's, worth nothing after the process
///        catalog.sums       a checksum of each page: CatalogSumsFormat
/// ```
///
/// @param forced whether what is written is forced
record CatalogFiles(Disk disk, Path directory, boolean forced) {
    private static final String UNFINISHED = ".unfinished";

    Path database() {
        return directory.resolve("catalog.db");
    }

    Path wal() {
        return directory.resolve("catalog.db-wal");
    }

    Path sums() {
        return directory.resolve("catalog.sums");
    }

    /// Returns the name that a new database has until it is whole.
    Path unfinishedDatabase() {
        return directory.resolve("catalog.db" + UNFINISHED);
    }

    /// Reads the sums.
    ///
    /// @throws CatalogDamagedException if they are not what was written
    /// @throws java.nio.file.NoSuchFileException if there are none
    Sums readSums() throws IOException {
        try (DiskFile file = disk.openForReading(sums())) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(bytes, 0);
            return CatalogSumsFormat.decode(bytes.flip());
        } catch (CatalogBytesException e) {
            throw new CatalogDamagedException(sums(), String.valueOf(e.getMessage()));
        }
    }

    /// Writes the sums durably in place of the old ones.
    ///
    /// @throws IOException if they could not be written: the old ones are there, or the new ones, and trying again is
    ///     safe
    void writeSums(Sums sums) throws IOException {
        Path unfinished = directory.resolve("catalog.sums" + UNFINISHED);
        deleteIfThere(unfinished);
        try (DiskFile file = disk.create(unfinished)) {
            file.write(CatalogSumsFormat.encode(sums), 0);
            if (forced) {
                file.force();
            }
        }
        disk.rename(unfinished, sums());
        forceDirectory();
    }

    void deleteIfThere(Path path) throws IOException {
        if (disk.exists(path)) {
            disk.delete(path);
        }
    }

    void forceDirectory() throws IOException {
        if (forced) {
            disk.forceDirectory(directory);
        }
    }
}
