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
            facts.accept(damage(e));
            return false;
        }
    }

    private static SegmentFact damage(SegmentDamagedException e) {
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
            facts.accept(damage(e));
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
        for (int i = 0; i < padding.capacity(); i++) {
            require(padding.get(i) == 0, layout.dataEnd + i, "byte behind the data", 0, "another");
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
        int used = rows * SegmentFormat.RUN_BYTES;
        long filePosition = segment.layout().runsStart + PAGE_BYTES * number + used;
        require(
                SegmentFormat.isZero(page, used, SegmentFormat.PAGE_BODY_BYTES),
                filePosition,
                "bytes behind the run table",
                0,
                "others");
    }

    private void inspectRun(SegmentFormat.Row row, long filePosition) throws IOException {
        require(
                row.key() > key || key == Long.MIN_VALUE,
                filePosition,
                "key",
                "> " + key,
                row.key());
        key = row.key();
        long expected = dataPosition < 0 ? row.dataPosition() : dataPosition;
        dataPosition = row.dataPosition() + row.length();
        require(
                row.dataPosition() == expected && row.dataPosition() >= 0,
                filePosition + 24,
                "data position of run " + key,
                expected,
                row.dataPosition());
        require(
                row.length() > 0 && dataPosition <= segment.dataBytes(),
                filePosition + 16,
                "length of run " + key,
                "1 to " + (segment.dataBytes() - row.dataPosition()),
                row.length());
        runMessages = 0;
        runEnd = row.base();
        lastTime = row.firstTime();
        new MarkReader(segment, row)
                .visit(
                        row.base(),
                        (wireByte, length, _, time) -> {
                            runMessages++;
                            runEnd = wireByte + length;
                            lastTime = time;
                            return true;
                        });
        require(runEnd == row.end(), filePosition, "end of run " + key, row.end(), runEnd);
        require(
                runMessages == row.messages(),
                filePosition + 32,
                "messages of run " + key,
                runMessages,
                row.messages());
        require(
                lastTime == row.lastTime(),
                filePosition + 48,
                "last time of run " + key,
                lastTime,
                row.lastTime());
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
            require(
                    firstKey.getLong(0) == actual,
                    at + (long) inPage * Long.BYTES,
                    "key of level " + level,
                    firstKey.getLong(0),
                    actual);
        }
    }

    private void checkTotals() throws IOException {
        long footer = segment.layout().footerStart;
        require(
                dataPosition == segment.dataBytes(),
                footer + 16,
                "bytes of all runs",
                dataPosition,
                segment.dataBytes());
        require(
                messages == segment.messages(),
                footer + 48,
                "messages of all runs",
                messages,
                segment.messages());
    }

    private void require(
            boolean right, long filePosition, String what, Object expected, Object actual)
            throws SegmentDamagedException {
        if (!right) {
            throw new SegmentDamagedException(segment.file(), filePosition, what, expected, actual);
        }
    }
}
