package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Writes a segment front to back: run after run, each in pieces. The same calls give the same bytes.
///
/// Memory is bounded: a block, at most 2 MiB each of marks, run rows and block rows (more of them goes to
/// scratch files beside the segment until it is finished), and 8 bytes for every 60 runs.
///
/// The file is one that has no name yet, see `LocalRanges#stage`: this class neither forces nor renames.
/// Once a call has thrown an `IOException` the segment cannot be finished; begin again in another file.
///
/// Not thread-safe.
public final class SegmentWriter implements Closeable {
    private final DiskFile file;
    private final SegmentHeader header;
    private final SegmentChecksum checksum;
    private final PageSpill marks;
    private final PageSpill rows;
    private final PageSpill blockTable;
    private final BlockWriter blocks;

    private long[] pageKeys = new long[1];
    private long runs;
    private long messages;
    private boolean finished;

    private boolean inRun;
    private long key;
    private long base;
    private long dataPosition;
    private long wireByte;
    private long runMessages;
    private long firstTime;
    private long lastTime;
    private int firstMarkPage;
    private int markOffset;

    private SegmentWriter(
            Disk disk, DiskFile file, SegmentHeader header, SegmentChecksum checksum) {
        this.file = file;
        this.header = header;
        this.checksum = checksum;
        this.marks = spill(disk, file, "marks");
        this.rows = spill(disk, file, "runs");
        this.blockTable = spill(disk, file, "blocks");
        this.blocks = new BlockWriter(file, SegmentFormat.PAGE_BYTES, header, checksum, blockTable);
    }

    /// Begins a segment.
    ///
    /// @param file empty; not closed by this class
    /// @param disk on which it lies, for scratch files in the same directory: their names are that of the
    ///     file with something before it
    public static SegmentWriter begin(Disk disk, DiskFile file, SegmentHeader header)
            throws IOException {
        ByteBuffer page = SegmentFormat.encode(header);
        int stamp = SegmentFormat.seal(page, 0, new SegmentChecksum(0));
        file.write(page, 0);
        return new SegmentWriter(disk, file, header, new SegmentChecksum(stamp));
    }

    private static PageSpill spill(Disk disk, DiskFile file, String part) {
        return new PageSpill(
                disk, file.path().resolveSibling(part + "-" + file.path().getFileName()));
    }

    /// Begins a run.
    ///
    /// @param runKey greater than that of the run before
    /// @param runBase wire byte at which it begins
    public void beginRun(long runKey, long runBase) {
        if (inRun || finished || (runs > 0 && runKey <= key)) {
            throw new IllegalStateException(
                    "run %d after run %d%s".formatted(runKey, key, inRun ? ", not ended" : ""));
        }
        inRun = true;
        key = runKey;
        base = runBase;
        wireByte = runBase;
        dataPosition = blocks.dataBytes();
        runMessages = 0;
    }

    /// Adds the next message of the run; its bytes may be written before or after.
    ///
    /// @param length in bytes, 1 or more
    /// @param beginsAppend whether it is the first of an append; if it is the first of the run it may not be
    /// @param time of its append, milliseconds since 1970
    public void message(int length, boolean beginsAppend, long time) throws IOException {
        if (!inRun || length < 1) {
            throw new IllegalStateException("a message of " + length + " bytes in run " + key);
        }
        if (runMessages == 0) {
            firstTime = time;
            lastTime = time;
        }
        if (!marks.isPageEmpty() && marks.left() < MarkFormat.MARK_BYTES_MAX) {
            marks.newPage();
        }
        if (marks.isPageEmpty()) {
            MarkFormat.begin(marks.room(MarkFormat.MARKS_OFFSET), wireByte, lastTime);
        }
        ByteBuffer page = marks.room(MarkFormat.MARK_BYTES_MAX);
        int pageStart = marks.pageStart();
        if (runMessages == 0) {
            firstMarkPage = marks.page();
            markOffset = page.position() - pageStart;
        }
        MarkFormat.put(page, length, beginsAppend, time, lastTime);
        MarkFormat.used(page, pageStart, page.position() - pageStart - MarkFormat.MARKS_OFFSET);
        if (beginsAppend) {
            lastTime = time;
        }
        wireByte += length;
        runMessages++;
    }

    /// Adds bytes to the run: all that remain.
    public void write(ByteBuffer bytes) throws IOException {
        requireRun();
        blocks.write(bytes);
    }

    boolean mayCopy(int contentBytes) {
        return blocks.mayCopy(contentBytes);
    }

    void copy(SegmentFormat.BlockRow row, ByteBuffer storedBytes, int contentBytes)
            throws IOException {
        requireRun();
        blocks.copy(row, storedBytes, contentBytes);
    }

    private void requireRun() {
        if (!inRun) {
            throw new IllegalStateException("bytes after run " + key + " was ended");
        }
    }

    /// Ends the run.
    ///
    /// @throws IllegalStateException if its messages and its bytes are not equally long, or it is empty
    public void endRun() throws IOException {
        long length = blocks.dataBytes() - dataPosition;
        if (!inRun || length != wireByte - base || length == 0) {
            throw new IllegalStateException(
                    "run %d has messages of %d bytes, and %d bytes"
                            .formatted(key, wireByte - base, length));
        }
        if (runs % SegmentFormat.RUNS_PER_PAGE == 0) {
            addPageKey();
        }
        SegmentFormat.put(
                rows.room(SegmentFormat.RUN_BYTES),
                new SegmentFormat.Row(
                        key,
                        base,
                        length,
                        dataPosition,
                        runMessages,
                        firstTime,
                        lastTime,
                        firstMarkPage,
                        marks.page(),
                        markOffset));
        runs++;
        messages += runMessages;
        inRun = false;
    }

    private void addPageKey() {
        int page = Math.toIntExact(runs / SegmentFormat.RUNS_PER_PAGE);
        if (page == pageKeys.length) {
            pageKeys = Arrays.copyOf(pageKeys, 2 * page);
        }
        pageKeys[page] = key;
    }

    /// Returns how many runs there are.
    public long runs() {
        return runs;
    }

    /// Writes what belongs behind the runs. The file is whole then, and still has to be forced.
    ///
    /// @return its bytes
    public long finish() throws IOException {
        if (inRun || finished) {
            throw new IllegalStateException("run " + key + " was not ended, or it was finished");
        }
        finished = true;
        blocks.finish();
        var footer =
                new SegmentFormat.Footer(
                        runs,
                        blocks.dataBytes(),
                        blocks.filePosition() - SegmentFormat.PAGE_BYTES,
                        blocks.blocks(),
                        marks.pages(),
                        messages);
        var layout = new SegmentLayout(header, footer);
        file.write(ByteBuffer.allocate((int) (layout.marksStart - layout.dataEnd)), layout.dataEnd);
        long at = marks.copyTo(file, layout.marksStart, checksum);
        at = rows.copyTo(file, at, checksum);
        at = writeKeyLevels(layout, at);
        at = blockTable.copyTo(file, at, checksum);
        if (at != layout.footerStart) {
            throw new IllegalStateException("parts end at " + at + ", not " + layout.footerStart);
        }
        ByteBuffer page = SegmentFormat.encode(footer);
        SegmentFormat.seal(page, at, checksum);
        file.write(page, at);
        return layout.fileBytes();
    }

    private long writeKeyLevels(SegmentLayout layout, long filePosition) throws IOException {
        long at = filePosition;
        long[] keys = Arrays.copyOf(pageKeys, (int) layout.runPages);
        for (int level = 0; level < layout.levels(); level++) {
            long[] above = new long[(int) SegmentLayout.keyPages(keys.length)];
            for (int page = 0; page < above.length; page++) {
                int first = page * SegmentFormat.KEYS_PER_PAGE;
                above[page] = keys[first];
                ByteBuffer bytes = ByteBuffer.allocate(SegmentFormat.PAGE_BYTES);
                int end = Math.min(keys.length, first + SegmentFormat.KEYS_PER_PAGE);
                bytes.asLongBuffer().put(keys, first, end - first);
                SegmentFormat.seal(bytes, at, checksum);
                file.write(bytes, at);
                at += SegmentFormat.PAGE_BYTES;
            }
            keys = above;
        }
        return at;
    }

    /// Deletes scratch files.
    @Override
    public void close() throws IOException {
        try (marks;
                rows;
                blockTable) {
            inRun = false;
        }
    }
}
