package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.journal.FullJournalFile;
import dev.siltstone.stream.segment.EntryBytes;
import dev.siltstone.stream.segment.RunCursor;
import dev.siltstone.stream.segment.RunEntry;
import dev.siltstone.stream.segment.RunIndexReader;
import dev.siltstone.stream.segment.RunSource;
import dev.siltstone.stream.segment.SegmentReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The files of one segment, open for reading.
///
/// Thread-safe.
sealed interface OpenSegment extends Closeable {
    /// Returns what a stream has in it; `null` if that is nothing.
    @Nullable RunSource find(long streamId) throws IOException;

    /// Returns a cursor over all runs, for one thread.
    RunCursor cursor() throws IOException;

    /// Opens a segment and checks what says how the rest is to be read.
    ///
    /// @throws java.nio.file.NoSuchFileException if a file is not there
    static OpenSegment open(SegmentFiles files, SegmentRow segment) throws IOException {
        return switch (segment.kind()) {
            case SEGMENT ->
                    new Plain(SegmentReader.open(files.disk().openForReading(files.path(segment))));
            case PROMOTED_JOURNAL -> Promoted.open(files, segment);
        };
    }

    /// A file of contiguous runs.
    record Plain(SegmentReader reader) implements OpenSegment {
        @Override
        public @Nullable RunSource find(long streamId) throws IOException {
            return reader.find(streamId);
        }

        @Override
        public RunCursor cursor() {
            return reader.cursor();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    /// A journal file with its run index, which was compared with its checksum when it was opened. An entry
    /// is compared with its own before its bytes are first served.
    final class Promoted implements OpenSegment, EntryBytes {
        private final FullJournalFile journal;
        private final RunIndexReader index;
        private final Set<Long> verified = ConcurrentHashMap.newKeySet();

        private Promoted(FullJournalFile journal, RunIndexReader index) {
            this.journal = journal;
            this.index = index;
        }

        private static Promoted open(SegmentFiles files, SegmentRow segment) throws IOException {
            Disk disk = files.disk();
            RunIndexReader index =
                    RunIndexReader.open(disk, files.runIndexPath(segment.start(), segment.end()));
            try {
                index.verify();
                return new Promoted(
                        FullJournalFile.open(
                                disk, files.path(segment), segment.start(), segment.end()),
                        index);
            } catch (IOException | RuntimeException e) {
                index.close();
                throw e;
            }
        }

        @Override
        public @Nullable RunSource find(long streamId) throws IOException {
            return index.find(streamId, this);
        }

        @Override
        public RunCursor cursor() {
            return index.cursor(this);
        }

        @Override
        public void read(RunEntry entry, int offset, ByteBuffer target) throws IOException {
            verify(entry);
            journal.read(target, Reads.position(entry, entry.wireByte() + offset));
        }

        @Override
        public long filePosition(RunEntry entry) throws IOException {
            verify(entry);
            return journal.filePosition(Reads.position(entry, entry.wireByte()));
        }

        @Override
        public @Nullable FileChannel openForSending() throws IOException {
            return journal.openForSending();
        }

        @Override
        public int[] messageLengths(RunEntry entry) throws IOException {
            return Reads.messageLengths(journal.readEntry(entry.position()), entry);
        }

        private void verify(RunEntry entry) throws IOException {
            if (!verified.contains(entry.position())) {
                journal.readEntry(entry.position());
                verified.add(entry.position());
            }
        }

        @Override
        public void close() throws IOException {
            try (index) {
                journal.close();
            }
        }
    }
}
