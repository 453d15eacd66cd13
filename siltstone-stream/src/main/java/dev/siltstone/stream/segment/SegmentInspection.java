package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Reads all of a segment: every checksum, the order of runs, that they lie one behind the other, that marks
/// and bytes are equally long, that key levels say what the run table says, and that zeros are zeros.
/// Changes nothing.
///
/// Memory is bounded: a block, a few pages.
///
/// Not thread-safe; made for one file.
public final class SegmentInspection {
    private static final int PAGE_BYTES = SegmentFormat.PAGE_BYTES;

    private final SegmentReader segment;
    private final Consumer<SegmentFact> facts;
    private final MarkReader marks;

    /// What the next run must begin with; -1 if the one before is not known.
    private long dataPosition;

    private long key = Long.MIN_VALUE;
    private long messages;
    private long runMessages;
    private long runEnd;
    private long lastTime;
    private boolean damaged;

    private SegmentInspection(SegmentReader segment, Consumer<SegmentFact> facts) {
        this.segment = segment;
        this.facts = facts;
        this.marks = new MarkReader(segment);
    }

    /// Says whether a file begins as a segment does.
    public static boolean isSegment(Disk disk, Path path) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(magic, 0);
        }
        return magic.position() == Long.BYTES && magic.getLong(0) == SegmentFormat.MAGIC;
    }

    /// Tells what a segment holds, run by run, and everything that is wrong with it.
    ///
    /// @return whether nothing is wrong
    /// @throws IOException if it cannot be read; damage is a fact, not an exception
    public static boolean inspect(Disk disk, Path path, Consumer<SegmentFact> facts)
            throws IOException {
        try (SegmentReader segment = SegmentReader.open(disk.openForReading(path))) {
            var inspection = new SegmentInspection(segment, facts);
            inspection.inspect();
            return !inspection.damaged;
        } catch (SegmentDamagedException e) {
            facts.accept(factOf(e));
            return false;
        }
    }

    private static SegmentFact factOf(SegmentDamagedException e) {
        return new SegmentFact.Damaged(
                e.file(), e.filePosition(), e.reason(), e.expected(), e.actual());
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /// Goes on after damage.
    private void step(Step step) throws IOException {
        try {
            step.run();
        } catch (SegmentDamagedException e) {
            damaged = true;
            facts.accept(factOf(e));
        }
    }

    private void inspect() throws IOException {
        facts.accept(
                new SegmentFact.Header(
                        segment.file(),
                        segment.header(),
                        segment.runs(),
                        segment.messages(),
                        segment.dataBytes(),
                        segment.fileBytes()));
        for (long block = 0; block < segment.footer().blocks(); block++) {
            long number = block;
            step(() -> segment.blocks().verify(number));
        }
        step(this::checkPadding);
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        for (int number = 0; number < segment.footer().markPages(); number++) {
            int mark = number;
            step(() -> segment.readMarkPage(mark, page));
        }
        for (long number = 0; number < segment.layout().runPages; number++) {
            long run = number;
            step(() -> inspectRuns(run, page));
        }
        for (int level = 0; level < segment.layout().levels(); level++) {
            int number = level;
            step(() -> checkLevel(number, page));
        }
        if (!damaged) {
            step(this::checkTotals);
        }
    }

    private void checkPadding() throws IOException {
        SegmentLayout layout = segment.layout();
        ByteBuffer padding = ByteBuffer.allocate((int) (layout.marksStart - layout.dataEnd));
        segment.read(layout.dataEnd, padding);
        checkZero(padding, 0, padding.capacity(), layout.dataEnd);
    }

    /// @param filePosition at which the buffer's first byte lies
    private void checkZero(ByteBuffer bytes, int from, int to, long filePosition)
            throws SegmentDamagedException {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) != 0) {
                throw damage(filePosition + i, "unused byte", 0, bytes.get(i));
            }
        }
    }

    private void inspectRuns(long number, ByteBuffer page) throws IOException {
        long known = dataPosition;
        dataPosition = -1;
        segment.readRunPage(number, page);
        dataPosition = known;
        long first = number * SegmentFormat.RUNS_PER_PAGE;
        int rows = (int) Math.min(SegmentFormat.RUNS_PER_PAGE, segment.runs() - first);
        for (int i = 0; i < rows; i++) {
            SegmentFormat.Row row = SegmentFormat.row(page, i);
            long filePosition =
                    segment.layout().runsStart
                            + PAGE_BYTES * number
                            + (long) i * SegmentFormat.RUN_BYTES;
            step(() -> inspectRun(row, filePosition));
        }
        checkZero(
                page,
                rows * SegmentFormat.RUN_BYTES,
                SegmentFormat.PAGE_BODY_BYTES,
                segment.layout().runsStart + PAGE_BYTES * number);
    }

    private void inspectRun(SegmentFormat.Row row, long filePosition) throws IOException {
        if (row.key() <= key && key != Long.MIN_VALUE) {
            throw damage(filePosition, "key", "more than " + key, row.key());
        }
        key = row.key();
        if (dataPosition >= 0) {
            checkField(filePosition + 24, "data position", dataPosition, row.dataPosition());
        }
        dataPosition = row.dataPosition() + row.length();
        long left = segment.dataBytes() - row.dataPosition();
        if (row.dataPosition() < 0 || row.length() < 1 || row.length() > left) {
            throw damage(filePosition + 16, "length of run " + key, "1 to " + left, row.length());
        }
        runMessages = 0;
        runEnd = row.base();
        lastTime = row.firstTime();
        marks.visit(
                row,
                row.base(),
                (wireByte, length, _, time) -> {
                    runMessages++;
                    runEnd = wireByte + length;
                    lastTime = time;
                    return true;
                });
        checkField(filePosition + 16, "end of the last message", row.end(), runEnd);
        checkField(filePosition + 32, "number of messages", runMessages, row.messages());
        checkField(filePosition + 48, "last time", lastTime, row.lastTime());
        messages += runMessages;
        facts.accept(
                new SegmentFact.Run(
                        segment.file(),
                        key,
                        row.base(),
                        row.end(),
                        row.messages(),
                        row.firstTime(),
                        row.lastTime()));
    }

    private void checkLevel(int level, ByteBuffer page) throws IOException {
        SegmentLayout layout = segment.layout();
        long below = level == 0 ? layout.runsStart : layout.levelStart(level - 1);
        long keys = (layout.levelStart(level) - below) / PAGE_BYTES;
        ByteBuffer firstKey = ByteBuffer.allocate(Long.BYTES);
        for (long i = 0; i < keys; i++) {
            int inPage = (int) (i % SegmentFormat.KEYS_PER_PAGE);
            long at = layout.levelStart(level) + PAGE_BYTES * (i / SegmentFormat.KEYS_PER_PAGE);
            if (inPage == 0) {
                segment.readPage(at, "key level " + level, page);
            }
            segment.read(below + PAGE_BYTES * i, firstKey.clear());
            long actual = page.getLong(inPage * Long.BYTES);
            if (!damaged && firstKey.getLong(0) != actual) {
                throw damage(
                        at + (long) inPage * Long.BYTES,
                        "key of level " + level,
                        firstKey.getLong(0),
                        actual);
            }
        }
    }

    private void checkTotals() throws IOException {
        long footer = segment.layout().footerStart;
        if (dataPosition != segment.dataBytes()) {
            throw damage(footer + 16, "bytes of all runs", dataPosition, segment.dataBytes());
        }
        if (messages != segment.messages()) {
            throw damage(footer + 48, "messages of all runs", messages, segment.messages());
        }
    }

    private void checkField(long filePosition, String what, long expected, long actual)
            throws SegmentDamagedException {
        if (expected != actual) {
            throw damage(filePosition, what + " of run " + key, expected, actual);
        }
    }

    private SegmentDamagedException damage(
            long filePosition, String what, Object expected, Object actual) {
        return new SegmentDamagedException(segment.file(), filePosition, what, expected, actual);
    }
}
