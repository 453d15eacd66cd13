package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The database files that this process reads beside SQLite. Closing any descriptor of one would drop the locks
/// that SQLite holds on it in this process (POSIX), so each is opened once and never closed.
///
/// Thread-safe.
final class DatabaseFiles {
    private record Inode(long device, long inode) {}

    private static final Map<Inode, DiskFile> OPEN = new HashMap<>();

    private DatabaseFiles() {}

    /// Returns the open file; the caller never closes it.
    static DiskFile of(Path database) throws IOException {
        synchronized (OPEN) {
            SourceIdentity identity = SourceIdentity.of(database);
            Inode inode = new Inode(identity.device(), identity.inode());
            DiskFile open = OPEN.get(inode);
            if (open == null) {
                open = new RealDisk().openForReading(database);
                OPEN.put(inode, open);
            }
            return open;
        }
    }
}
