package dev.siltstone.stream;

import dev.siltstone.journal.Journal;
import dev.siltstone.stream.segment.EntryTable;
import dev.siltstone.stream.segment.RunEntry;
import dev.siltstone.stream.segment.SegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// What each stream gained in one part of the log: where the bytes of its entries lie and where messages end.
/// 32 bytes for each entry, 4 for each message of entries that have several.
///
/// Not thread-safe.
final class GatheredRuns {
    /// What one stream gained.
    static final class Gathered {
        final long streamId;
        final long base;
        private long bytes;
        private final int first;
        private int last;

        private Gathered(long streamId, long base, int first) {
            this.streamId = streamId;
            this.base = base;
            this.first = first;
            this.last = first;
        }

        long bytes() {
            return bytes;
        }
    }

    private static final int NONE = -1;
    private static final int ONE = -2;

    private final Map<Long, Gathered> byStream = new HashMap<>();
    private long[] positions = new long[1024];
    private long[] times = new long[1024];
    private int[] lengths = new int[1024];
    private int[] dataOffsets = new int[1024];
    private int[] next = new int[1024];

    /// [#NONE], [#ONE], or where count and lengths lie.
    private int[] messages = new int[1024];

    private int entries;

    /// Count and lengths of the messages of entries that have two or more.
    private int[] messageLengths = new int[1024];

    private int messageLengthsUsed;
    private long bytes;

    /// Adds an entry with content behind all others.
    ///
    /// @param wireByte of the stream at which the content begins; where the last one ended, if there is one
    /// @param position of the entry in the log
    /// @param content with the place within the entry's payload
    void add(long streamId, long wireByte, long position, Entry.Content content, long time) {
        int[] ofMessages = content.payload().messageLengths();
        int length = content.length();
        int added = entries++;
        if (added == positions.length) {
            positions = Arrays.copyOf(positions, 2 * added);
            times = Arrays.copyOf(times, 2 * added);
            lengths = Arrays.copyOf(lengths, 2 * added);
            dataOffsets = Arrays.copyOf(dataOffsets, 2 * added);
            next = Arrays.copyOf(next, 2 * added);
            messages = Arrays.copyOf(messages, 2 * added);
        }
        positions[added] = position;
        times[added] = time;
        lengths[added] = length;
        dataOffsets[added] = content.dataOffset();
        next[added] = NONE;
        messages[added] =
                ofMessages.length > 1 ? keep(ofMessages) : ofMessages.length == 1 ? ONE : NONE;
        Gathered gathered = byStream.get(streamId);
        if (gathered == null) {
            gathered = new Gathered(streamId, wireByte, added);
            byStream.put(streamId, gathered);
        } else {
            if (gathered.base + gathered.bytes != wireByte) {
                throw new IllegalStateException(
                        "stream %d gains bytes at %d, its run ends at %d"
                                .formatted(streamId, wireByte, gathered.base + gathered.bytes));
            }
            next[gathered.last] = added;
            gathered.last = added;
        }
        gathered.bytes += length;
        bytes += length;
    }

    private int keep(int[] ofMessages) {
        int at = messageLengthsUsed;
        int needed = at + 1 + ofMessages.length;
        if (needed > messageLengths.length) {
            messageLengths =
                    Arrays.copyOf(messageLengths, Math.max(needed, 2 * messageLengths.length));
        }
        messageLengths[at] = ofMessages.length;
        System.arraycopy(ofMessages, 0, messageLengths, at + 1, ofMessages.length);
        messageLengthsUsed = needed;
        return at;
    }

    /// Returns the number of entries with content.
    int entries() {
        return entries;
    }

    /// Returns the bytes of all contents.
    long bytes() {
        return bytes;
    }

    /// Returns what the wanted streams gained, by ascending stream id.
    List<Gathered> runs(LongPredicate wanted) {
        List<Gathered> runs = new ArrayList<>();
        for (Gathered gathered : byStream.values()) {
            if (wanted.test(gathered.streamId)) {
                runs.add(gathered);
            }
        }
        runs.sort(Comparator.comparingLong(gathered -> gathered.streamId));
        return runs;
    }

    /// Returns the entries of a run as a run index has them.
    EntryTable table(Gathered run) {
        EntryTable table = new EntryTable();
        long wireByte = run.base;
        for (int i = run.first; i != NONE; i = next[i]) {
            int count =
                    messages[i] == ONE ? 1 : messages[i] == NONE ? 0 : messageLengths[messages[i]];
            table.add(
                    new RunEntry(
                            wireByte, positions[i], lengths[i], dataOffsets[i], count, times[i]));
            wireByte += lengths[i];
        }
        return table;
    }

    /// Writes a run into a segment.
    ///
    /// @param log bytes of the log from `logStart` on
    void write(Gathered run, ByteBuffer log, long logStart, SegmentWriter target)
            throws IOException {
        target.beginRun(run.streamId, run.base);
        for (int i = run.first; i != NONE; i = next[i]) {
            if (messages[i] < 0) {
                target.message(lengths[i], true, times[i]);
            } else {
                writeMessages(messages[i], times[i], target);
            }
            long at = positions[i] + Journal.ENTRY_HEADER_BYTES + dataOffsets[i];
            target.write(log.slice(Math.toIntExact(at - logStart), lengths[i]));
        }
        target.endRun();
    }

    private void writeMessages(int at, long time, SegmentWriter target) throws IOException {
        int end = at + messageLengths[at];
        for (int i = at + 1; i <= end; i++) {
            target.message(messageLengths[i], i == at + 1, time);
        }
    }
}
