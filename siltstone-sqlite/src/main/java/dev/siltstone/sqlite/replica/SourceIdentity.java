package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What tells whether a database file is the same and unchanged.
///
/// @param device number of its file system
/// @param inode number of the file in it
/// @param bytes its size
/// @param modifiedNanos time of the last change of its content, since 1970
/// @param changedNanos time of the last change of anything about it, since 1970
record SourceIdentity(long device, long inode, long bytes, long modifiedNanos, long changedNanos) {
    static SourceIdentity of(Path database) throws IOException {
        Map<String, Object> facts =
                Files.readAttributes(database, "unix:dev,ino,size,lastModifiedTime,ctime");
        return new SourceIdentity(
                ((Number) facts.get("dev")).longValue(),
                ((Number) facts.get("ino")).longValue(),
                ((Number) facts.get("size")).longValue(),
                ((FileTime) facts.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
                ((FileTime) facts.get("ctime")).to(TimeUnit.NANOSECONDS));
    }

    /// Says whether both are the same file, changed or not.
    boolean isSameFile(SourceIdentity other) {
        return device == other.device && inode == other.inode;
    }
}
