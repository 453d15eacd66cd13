package dev.siltstone.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The POSIX locks that one process holds on a database and on its `-shm`, from `/proc/locks` (Linux).
///
/// Where they lie (SQLite's `os_unix.c` and `wal.c`): in the database 510 bytes from 1 GiB + 2 are SHARED; in
/// the `-shm` byte 120 is the write lock, 121 the checkpoint lock, 122 recovery, 123 to 127 read marks 0 to 4,
/// 128 the "dead man's switch" that every open connection holds.
///
/// @param database ranges held in the database
/// @param shm ranges held in its `-shm`
public record SqliteLocks(List<Range> database, List<Range> shm) {
    private static final long SHARED_FIRST = 0x40000002L;
    private static final long WRITE = 120;
    private static final long READ_0 = 123;
    private static final int READ_MARKS = 5;
    private static final long DEAD_MAN_SWITCH = 128;
    private static final Pattern LINE =
            Pattern.compile(
                    "\\d+: POSIX\\s+\\S+\\s+(READ|WRITE)\\s+(\\d+)\\s+"
                            + "[0-9a-f]+:[0-9a-f]+:(\\d+)\\s+(\\d+)\\s+(\\d+|EOF)");

    /// A lock.
    ///
    /// @param exclusive a write lock in the sense of `fcntl`
    /// @param start first byte
    /// @param end last byte
    public record Range(boolean exclusive, long start, long end) {
        boolean covers(long position) {
            return start <= position && position <= end;
        }
    }

    /// Returns what the process `pid` holds now.
    public static SqliteLocks of(long pid, Path database) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/locks"));
        Path shm = database.resolveSibling(database.getFileName() + "-shm");
        return new SqliteLocks(
                ranges(lines, pid, database),
                Files.exists(shm) ? ranges(lines, pid, shm) : List.of());
    }

    private static List<Range> ranges(List<String> lines, long pid, Path file) throws IOException {
        long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
        List<Range> ranges = new ArrayList<>();
        for (String line : lines) {
            Matcher lock = LINE.matcher(line.strip());
            if (lock.matches()
                    && Long.parseLong(lock.group(2)) == pid
                    && Long.parseLong(lock.group(3)) == inode) {
                String end = lock.group(5);
                ranges.add(
                        new Range(
                                lock.group(1).equals("WRITE"),
                                Long.parseLong(lock.group(4)),
                                end.equals("EOF") ? Long.MAX_VALUE : Long.parseLong(end)));
            }
        }
        return List.copyOf(ranges);
    }

    /// Says whether it has the database open in WAL mode: SHARED, and the switch in the `-shm`.
    public boolean isOpen() {
        return holds(database, SHARED_FIRST) && holds(shm, DEAD_MAN_SWITCH);
    }

    /// Returns which of the read marks 0 to 4 it holds.
    public List<Integer> readMarks() {
        List<Integer> marks = new ArrayList<>();
        for (int mark = 0; mark < READ_MARKS; mark++) {
            if (holds(shm, READ_0 + mark)) {
                marks.add(mark);
            }
        }
        return marks;
    }

    public boolean holdsWriteLock() {
        return holds(shm, WRITE);
    }

    private static boolean holds(List<Range> ranges, long position) {
        return ranges.stream().anyMatch(range -> range.covers(position));
    }

    /// Fails if a process that replicates has lost locks: each open connection has SHARED and the switch, and a
    /// replicator at rest holds at least one read mark.
    public static void assertHeldBy(long pid, Path database) throws IOException {
        SqliteLocks locks = of(pid, database);
        if (!locks.isOpen() || locks.readMarks().isEmpty()) {
            throw new AssertionError(
                    "process %d should hold SHARED, the switch and a read mark of %s; /proc/locks has %s"
                            .formatted(pid, database, locks));
        }
    }
}
