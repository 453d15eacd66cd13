package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntries;
import dev.siltstone.stream.segment.RunIndexDamagedException;
import dev.siltstone.stream.segment.RunIndexReader;
import dev.siltstone.stream.segment.RunIndexWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;

/// The run indexes beside the journal files of one data directory.
///
/// Thread-safe. A run index is opened for each look-up and closed again, so that no number of them holds
/// descriptors; it was verified whole when the log opened, or written by this process.
final class RunIndexes {
    /// No position.
    static final long NONE = -1;

    private final Disk disk;
    private final Path directory;

    RunIndexes(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    Path path(long fileStart) {
        return directory.resolve(String.format("%020d.runs", fileStart));
    }

    /// Checks a whole run index.
    ///
    /// @return the log position at which its journal file ends; [#NONE] if there is no run index
    /// @throws RunIndexDamagedException if it is damaged
    long verifiedEnd(long fileStart) throws IOException {
        Path path = path(fileStart);
        if (!disk.exists(path)) {
            return NONE;
        }
        try (RunIndexReader reader = RunIndexReader.open(disk, path)) {
            reader.verify();
            return reader.start() == fileStart ? reader.end() : NONE;
        }
    }

    /// Writes a run index durably, replacing a damaged one.
    void write(long fileStart, long fileEnd, SortedMap<Long, EntryTable> runs) throws IOException {
        RunIndexWriter.write(disk, path(fileStart), fileStart, fileEnd, runs);
    }

    /// Shows the entries of a stream in a full journal file, from the one that holds `wireByte` on.
    void visit(long fileStart, long streamId, long wireByte, RunEntries.Visitor visitor)
            throws IOException {
        try (RunIndexReader reader = RunIndexReader.open(disk, path(fileStart))) {
            RunEntries entries = reader.find(streamId);
            if (entries == null) {
                throw new IOException(
                        path(fileStart)
                                + " does not know stream "
                                + streamId
                                + ", which it should");
            }
            entries.visitFrom(wireByte, visitor);
        }
    }
}
