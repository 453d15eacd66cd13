package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Makes one segment of several files: what a key has in them becomes one run. The files may be segments and
/// journal files with their run index alike. Blocks that are compressed already are copied as they are where
/// they can be.
///
/// Memory is bounded: a page or two per file, and 256 KiB.
///
/// Not thread-safe; made for one merge.
public final class SegmentMerger {
    /// What of a run is still needed.
    ///
    /// @param from first wire byte
    /// @param to wire byte after the last
    public record Kept(long from, long to) {
        /// All of it.
        public static final Kept ALL = new Kept(0, Long.MAX_VALUE);
    }

    /// Says what is still needed of runs.
    @FunctionalInterface
    public interface Keep {
        /// Returns what is needed of a key's bytes, or `null` for nothing. Messages are kept or dropped
        /// whole: all that reach into the range stay.
        @Nullable Kept of(long key) throws IOException;
    }

    private static final int COPY_BYTES = 1 << 18;

    /// @param order of its file among all
    private record Head(RunCursor cursor, int order) {
        long key() {
            return cursor.key();
        }
    }

    private final PriorityQueue<Head> heads =
            new PriorityQueue<>(Comparator.comparingLong(Head::key).thenComparing(Head::order));
    private final Keep keep;
    private final SegmentWriter writer;
    private final ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);

    /// Where the run that is being written ends so far.
    private long written;

    private SegmentMerger(Keep keep, SegmentWriter writer) {
        this.keep = keep;
        this.writer = writer;
    }

    /// Writes the runs of all `sources` to `writer`, which the caller then finishes.
    ///
    /// @param sources in the order of their log positions, each at its beginning
    /// @throws IOException if something cannot be read or written, is damaged, or if the runs of a key do not
    ///     follow each other; the segment cannot be finished then
    public static void merge(List<? extends RunCursor> sources, Keep keep, SegmentWriter writer)
            throws IOException {
        var merger = new SegmentMerger(keep, writer);
        for (int i = 0; i < sources.size(); i++) {
            merger.advance(new Head(sources.get(i), i));
        }
        merger.mergeAll();
    }

    private void advance(Head head) throws IOException {
        if (head.cursor().next()) {
            heads.add(head);
        }
    }

    private void mergeAll() throws IOException {
        List<Head> same = new ArrayList<>();
        while (!heads.isEmpty()) {
            long key = heads.element().key();
            while (!heads.isEmpty() && heads.element().key() == key) {
                same.add(heads.remove());
            }
            Kept kept = keep.of(key);
            if (kept != null) {
                mergeRuns(key, same, kept);
            }
            for (Head head : same) {
                advance(head);
            }
            same.clear();
        }
    }

    private void mergeRuns(long key, List<Head> same, Kept kept) throws IOException {
        boolean begun = false;
        for (Head head : same) {
            RunSource run = head.cursor().run();
            if (run.end() <= kept.from() || run.base() >= kept.to()) {
                continue;
            }
            if (!begun) {
                long from = Math.max(run.base(), kept.from());
                written = new MessageSearch(run).startOf(from);
                writer.beginRun(key, written);
                begun = true;
            } else if (run.base() != written) {
                throw new IOException(
                        "the runs of key %d do not follow each other: one ends at %d, the next begins at %d"
                                .formatted(key, written, run.base()));
            }
            add(run, kept.to());
        }
        if (begun) {
            writer.endRun();
        }
    }

    private void add(RunSource run, long to) throws IOException {
        long from = written;
        run.visitMessages(
                from,
                (at, length, beginsAppend, time) -> {
                    if (at >= to) {
                        return false;
                    }
                    writer.message(length, beginsAppend, time);
                    written = at + length;
                    return true;
                });
        if (run instanceof SegmentRun stored
                && stored.segment().blocks() instanceof PackedBlocks packed) {
            packed.copy(stored.dataPosition(from), stored.dataPosition(written), writer);
        } else {
            copy(run, from);
        }
    }

    private void copy(RunSource run, long from) throws IOException {
        long at = from;
        while (at < written) {
            buffer.clear().limit((int) Math.min(COPY_BYTES, written - at));
            run.read(at, buffer);
            at += buffer.flip().remaining();
            writer.write(buffer);
        }
    }
}
