package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.DiskLockedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The place of a restored database, and how it gets there.
///
/// | file, beside the database           | what                                                    |
/// |-------------------------------------|---------------------------------------------------------|
/// | `<name>.siltstone-restore`          | the database until it is whole                          |
/// | `<name>.siltstone-restore-progress` | which parts of it are done ([RestoreProgressFormat])    |
/// | `<name>.siltstone-restore-lock`     | held while somebody restores                            |
/// | `<name>.siltstone-replaced`, …`-wal`, …`-journal` | what was there, while it is exchanged     |
///
/// An exchange must never pair a database with the WAL or the journal of another one. So the old database goes
/// first, under a name that its WAL and journal follow; only when nothing is left does the new one come. A crash
/// in between leaves no database, and the old one whole under the other name; restoring again goes on there.
final class RestoreOutput {
    private static final List<String> COMPANIONS = List.of("-wal", "-journal");

    private final Disk disk;
    private final Path output;
    private final Path directory;
    private final boolean force;

    /// @param output absolute
    RestoreOutput(Disk disk, Path output, boolean force) {
        this.disk = disk;
        this.output = output;
        Path parent = output.getParent();
        this.directory = parent == null ? output : parent;
        this.force = force;
    }

    Path directory() {
        return directory;
    }

    Path partial() {
        return beside(".siltstone-restore");
    }

    Path progress() {
        return beside(".siltstone-restore-progress");
    }

    private Path beside(String suffix) {
        return directory.resolve(output.getFileName() + suffix);
    }

    private Path replaced(String suffix) {
        return beside(".siltstone-replaced" + suffix);
    }

    /// Checks that a database may come here.
    ///
    /// @throws RestoreRefusedException naming what is in the way
    void check() throws IOException {
        if (output.getFileName() == null || isDirectory(output)) {
            throw new RestoreRefusedException(
                    output + " is a directory; the name of a database file is needed");
        }
        if (!disk.exists(directory)) {
            throw new RestoreRefusedException(
                    "there is no directory %s to restore %s to; create it first"
                            .formatted(directory, output.getFileName()));
        }
        if (!isDirectory(directory)) {
            throw new RestoreRefusedException(
                    "%s is no directory, so %s cannot be restored to it"
                            .formatted(directory, output.getFileName()));
        }
        if (!force) {
            for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
                Path there = beside(suffix);
                if (disk.exists(there)) {
                    throw new RestoreRefusedException(
                            "%s is there already; remove it, choose another name, or force the restore to give it up"
                                    .formatted(there));
                }
            }
        }
    }

    private boolean isDirectory(Path path) throws IOException {
        return disk.exists(path) && disk.facts(path).isDirectory();
    }

    /// Checks that there is space.
    ///
    /// @throws RestoreRefusedException naming how much is missing
    void checkSpace(long neededBytes) throws IOException {
        long usable = disk.usableBytes(directory);
        if (neededBytes > usable) {
            throw new RestoreRefusedException(
                    "%s needs %d more bytes, and %d are free in %s"
                            .formatted(output, neededBytes, usable, directory));
        }
    }

    /// Keeps every other restore away from here.
    DiskLock lock() throws IOException {
        try {
            return disk.lock(lockPath());
        } catch (DiskLockedException e) {
            RestoreRefusedException refused =
                    new RestoreRefusedException(output + " is being restored by somebody else");
            refused.initCause(e);
            throw refused;
        }
    }

    private Path lockPath() {
        return beside(".siltstone-restore-lock");
    }

    /// Removes the lock's file; while the lock is held.
    void removeLock() throws IOException {
        deleteIfThere(lockPath());
    }

    /// Gives the whole, forced database its name; durable when this returns.
    ///
    /// @return what was given up
    List<Path> replace() throws IOException {
        List<Path> removed = new ArrayList<>();
        if (disk.exists(output)) {
            deleteReplaced();
        }
        moveAway("", removed);
        for (String suffix : COMPANIONS) {
            moveAway(suffix, removed);
        }
        if (deleteIfThere(beside("-shm"))) {
            removed.add(beside("-shm"));
        }
        disk.forceDirectory(directory);
        disk.rename(partial(), output);
        disk.forceDirectory(directory);
        deleteReplaced();
        return removed;
    }

    private void moveAway(String suffix, List<Path> removed) throws IOException {
        Path there = beside(suffix);
        if (disk.exists(there)) {
            disk.rename(there, replaced(suffix));
            disk.forceDirectory(directory);
            removed.add(there);
        }
    }

    /// The companions go last: a database must not outlive them, for it would be another one without.
    private void deleteReplaced() throws IOException {
        boolean some = deleteIfThere(replaced(""));
        for (String suffix : COMPANIONS) {
            some |= deleteIfThere(replaced(suffix));
        }
        if (some) {
            disk.forceDirectory(directory);
        }
    }

    /// Removes what was restored so far.
    void discard() throws IOException {
        deleteIfThere(progress());
        deleteIfThere(partial());
    }

    private boolean deleteIfThere(Path path) throws IOException {
        boolean there = disk.exists(path);
        if (there) {
            disk.delete(path);
        }
        return there;
    }
}
