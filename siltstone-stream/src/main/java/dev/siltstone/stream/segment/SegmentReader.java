package dev.siltstone.stream.segment;

import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a segment without loading its index: opening reads two pages, finding a run one page per key level
/// and one of the run table. Heap: a bit per block of a plain segment.
///
/// Thread-safe. Costs one descriptor while it is open.
public final class SegmentReader implements Closeable {
    private static final int PAGE_BYTES = SegmentFormat.PAGE_BYTES;

    private final DiskFile file;
    private final int stamp;
    private final SegmentHeader header;
    private final SegmentFormat.Footer footer;
    private final SegmentLayout layout;
    private final Blocks blocks;

    private SegmentReader(
            DiskFile file, int stamp, SegmentHeader header, SegmentFormat.Footer footer) {
        this.file = file;
        this.stamp = stamp;
        this.header = header;
        this.footer = footer;
        this.layout = new SegmentLayout(header, footer);
        this.blocks = header.compressed() ? new PackedBlocks(this) : new PlainBlocks(this);
    }

    /// Reads header and footer of a segment, and takes over the file: closing this closes it.
    ///
    /// @param file opened for reading; closed if this fails
    /// @throws SegmentDamagedException if they are wrong, or do not fit the file
    public static SegmentReader open(DiskFile file) throws IOException {
        try {
            return opened(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static SegmentReader opened(DiskFile file) throws IOException {
        long bytes = file.size();
        if (bytes < 2 * PAGE_BYTES || bytes % PAGE_BYTES != 0) {
            throw new SegmentDamagedException(
                    file.path(), 0, "length of the file", "two or more pages", bytes + " bytes");
        }
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        file.read(page, 0);
        SegmentFormat.check(page, file.path(), 0, "header", new SegmentChecksum(0));
        SegmentHeader header = SegmentFormat.decodeHeader(page, file.path());
        int stamp = page.getInt(SegmentFormat.PAGE_BODY_BYTES);
        long footerStart = bytes - PAGE_BYTES;
        file.read(page.clear(), footerStart);
        SegmentFormat.check(page, file.path(), footerStart, "footer", new SegmentChecksum(stamp));
        var footer = SegmentFormat.decodeFooter(page, file.path(), footerStart);
        var segment = new SegmentReader(file, stamp, header, footer);
        if (!header.compressed() && footer.dataBytes() != footer.storedBytes()) {
            throw new SegmentDamagedException(
                    file.path(),
                    footerStart,
                    "stored bytes of a plain segment",
                    footer.dataBytes(),
                    footer.storedBytes());
        }
        if (segment.layout.fileBytes() != bytes) {
            throw new SegmentDamagedException(
                    file.path(),
                    footerStart,
                    "length of the file",
                    segment.layout.fileBytes() + " bytes",
                    bytes + " bytes");
        }
        return segment;
    }

    /// Returns the file.
    public Path file() {
        return file.path();
    }

    /// Returns what the segment says of itself.
    public SegmentHeader header() {
        return header;
    }

    /// Returns how many runs there are.
    public long runs() {
        return footer.runs();
    }

    /// Returns how many bytes all runs have.
    public long dataBytes() {
        return footer.dataBytes();
    }

    /// Returns how many bytes the file has.
    public long fileBytes() {
        return layout.fileBytes();
    }

    /// Returns how many messages all runs have.
    public long messages() {
        return footer.messages();
    }

    /// Returns a run; `null` if the key has none here.
    public @Nullable SegmentRun find(long key) throws IOException {
        if (runs() == 0) {
            return null;
        }
        long index = 0;
        long count = 0;
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        for (int level = layout.levels() - 1; level >= 0; level--) {
            readPage(layout.levelStart(level) + PAGE_BYTES * index, "key level " + level, page);
            count = level == 0 ? layout.runPages : pagesOfLevel(level - 1);
            long first = index * SegmentFormat.KEYS_PER_PAGE;
            int keys = (int) Math.min(SegmentFormat.KEYS_PER_PAGE, count - first);
            index = first + Math.max(0, lastAtOrBefore(page, keys, Long.BYTES, key));
        }
        readRunPage(index, page);
        long first = index * SegmentFormat.RUNS_PER_PAGE;
        int rows = (int) Math.min(SegmentFormat.RUNS_PER_PAGE, runs() - first);
        int at = lastAtOrBefore(page, rows, SegmentFormat.RUN_BYTES, key);
        if (at < 0 || page.getLong(at * SegmentFormat.RUN_BYTES) != key) {
            return null;
        }
        return new SegmentRun(this, SegmentFormat.row(page, at));
    }

    private long pagesOfLevel(int level) {
        return (layout.levelStart(level + 1) - layout.levelStart(level)) / PAGE_BYTES;
    }

    /// @return number of the last row whose first field is not greater than `key`; -1 if there is none
    private static int lastAtOrBefore(ByteBuffer page, int rows, int rowBytes, long key) {
        int low = 0;
        int high = rows - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (page.getLong(middle * rowBytes) <= key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /// Returns a cursor over all runs; it holds one page.
    public RunCursor cursor() {
        return new SegmentCursor(this);
    }

    Blocks blocks() {
        return blocks;
    }

    SegmentLayout layout() {
        return layout;
    }

    SegmentFormat.Footer footer() {
        return footer;
    }

    SegmentChecksum checksum() {
        return new SegmentChecksum(stamp);
    }

    @Nullable FileChannel openForSending() throws IOException {
        return file.openForSending();
    }

    void readRunPage(long number, ByteBuffer page) throws IOException {
        readPage(layout.runsStart + PAGE_BYTES * number, "run table", page);
    }

    void readMarkPage(int number, ByteBuffer page) throws IOException {
        if (number < 0 || number >= footer.markPages()) {
            throw new SegmentDamagedException(
                    file(), layout.runsStart, "mark page of a run", footer.markPages(), number);
        }
        readPage(markFilePosition(number), "marks", page);
    }

    long markFilePosition(int number) {
        return layout.marksStart + (long) PAGE_BYTES * number;
    }

    /// Reads a page and checks it.
    ///
    /// @param page gets it, from 0 to its capacity
    void readPage(long filePosition, String what, ByteBuffer page) throws IOException {
        read(filePosition, page.clear());
        SegmentFormat.check(page.flip(), file(), filePosition, what, checksum());
    }

    /// Fills `target` with bytes of the file, unchecked.
    void read(long filePosition, ByteBuffer target) throws IOException {
        int wanted = target.remaining();
        int read = file.read(target, filePosition);
        if (read < wanted) {
            throw new SegmentDamagedException(
                    file(), filePosition, "length of the file", wanted + " bytes", read + " bytes");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
