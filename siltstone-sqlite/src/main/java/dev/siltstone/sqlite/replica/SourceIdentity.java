package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
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
                number(facts, "dev"),
                number(facts, "ino"),
                number(facts, "size"),
                nanos(facts, "lastModifiedTime"),
                nanos(facts, "ctime"));
    }

    private static long number(Map<String, Object> facts, String name) {
        return ((Number) Objects.requireNonNull(facts.get(name), name)).longValue();
    }

    private static long nanos(Map<String, Object> facts, String name) {
        return ((FileTime) Objects.requireNonNull(facts.get(name), name)).to(TimeUnit.NANOSECONDS);
    }

    /// Says whether both are the same file, changed or not.
    boolean isSameFile(SourceIdentity other) {
        return device == other.device && inode == other.inode;
    }
}
