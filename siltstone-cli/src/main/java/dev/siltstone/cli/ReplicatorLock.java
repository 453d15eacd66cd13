package dev.siltstone.cli;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.DiskLockedException;
import dev.siltstone.sqlite.replica.MetaDirectory;
import java.io.IOException;
import java.nio.file.Path;

/// Keeps every other program of ours away from the meta directory of a database.
final class ReplicatorLock {
    /// Whoever only wants to know whether it is held holds it for a moment.
    private static final int ATTEMPTS = 5;

    private static final long PAUSE_MILLIS = 100;

    private ReplicatorLock() {}

    /// Takes the lock, creating its file.
    ///
    /// @throws CommandFailure if another process replicates this database
    static DiskLock take(Disk disk, Path database, Console console)
            throws IOException, InterruptedException, CommandFailure {
        MetaDirectory meta = MetaDirectory.of(database);
        disk.createDirectories(meta.own());
        for (int attempt = 1; ; attempt++) {
            try {
                return disk.lock(meta.lock());
            } catch (DiskLockedException e) {
                if (attempt == ATTEMPTS) {
                    throw busy(database, e);
                }
                console.pause().millis(PAUSE_MILLIS);
            }
        }
    }

    /// Takes the lock if somebody replicated this database before; else there is nothing to keep others from.
    ///
    /// @throws CommandFailure if another process replicates it now
    static DiskLock ifThere(Disk disk, Path database) throws IOException, CommandFailure {
        try {
            return lockIfThere(disk, database);
        } catch (DiskLockedException e) {
            throw busy(database, e);
        }
    }

    private static DiskLock lockIfThere(Disk disk, Path database) throws IOException {
        MetaDirectory meta = MetaDirectory.of(database);
        return disk.exists(meta.lock()) ? disk.lock(meta.lock()) : () -> {};
    }

    private static CommandFailure busy(Path database, DiskLockedException cause) {
        return new CommandFailure(
                ExitCode.LOCKED,
                database + " is being replicated by another process; stop that one first",
                cause);
    }

    /// Says whether a replicator of ours is at work.
    static boolean isHeld(Disk disk, Path database) throws IOException {
        try (DiskLock _ = lockIfThere(disk, database)) {
            return false;
        } catch (DiskLockedException e) {
            return true;
        }
    }
}
