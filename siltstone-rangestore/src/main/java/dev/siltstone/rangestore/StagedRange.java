package dev.siltstone.rangestore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/// A file that is being written and has no name yet. Closed before it is finished, it is as if it had never been.
///
/// Not thread-safe.
public final class StagedRange implements Closeable {
    private final LocalRanges ranges;
    private final Disk disk;
    private final DiskFile file;
    private final int level;
    private boolean finished;

    StagedRange(LocalRanges ranges, Disk disk, DiskFile file, int level) {
        this.ranges = ranges;
        this.disk = disk;
        this.file = file;
        this.level = level;
    }

    /// Returns the file to write to, empty at first.
    public DiskFile file() {
        return file;
    }

    /// Makes the file durable under its name: force, rename, force of the directory. After a crash it is there
    /// whole or not at all; after this returned, it is there.
    ///
    /// @param first position it holds
    /// @param last position it holds
    /// @param created time it is to carry, to the millisecond
    /// @param attributes kept with it where the file system can, see [LocalRanges#attributes(RangeId)]
    /// @throws RangeTakenException if there is a file of that name; nothing changed
    /// @throws IOException if it may or may not be durable; a force that failed is final for this file, and
    ///     trying again takes a new one
    public RangeFile finish(long first, long last, Instant created, Map<String, String> attributes)
            throws IOException {
        if (finished) {
            throw new IllegalStateException(file.path() + " was finished before");
        }
        RangeFile range = ranges.finish(this, new RangeId(level, first, last), created, attributes);
        finished = true;
        return range;
    }

    Path path() {
        return file.path();
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (!finished && disk.exists(file.path())) {
            disk.delete(file.path());
        }
    }
}
