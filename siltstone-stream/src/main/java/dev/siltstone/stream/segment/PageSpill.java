package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Pages of one part of a segment while the parts before it are being written. The first
/// [#MEMORY_BYTES_MAX] bytes are kept in memory, more goes to a scratch file that [#close] deletes.
///
/// Not thread-safe.
final class PageSpill implements Closeable {
    static final int MEMORY_BYTES_MAX = 1 << 21;

    private static final int PAGE_BYTES = SegmentFormat.PAGE_BYTES;
    private static final int MEMORY_BYTES_MIN = PAGE_BYTES;

    private final Disk disk;
    private final Path scratchPath;
    private @Nullable DiskFile scratch;
    private long scratchBytes;

    /// Whole pages, then the one being filled; zeros beyond.
    private ByteBuffer memory = ByteBuffer.allocate(MEMORY_BYTES_MIN);

    private int pageStart;

    PageSpill(Disk disk, Path scratchPath) {
        this.disk = disk;
        this.scratchPath = scratchPath;
    }

    /// Returns the buffer at the place where `bytes` more of the page fit; another page is begun if need be.
    ByteBuffer room(int bytes) throws IOException {
        if (left() < bytes) {
            newPage();
        }
        return memory;
    }

    /// Returns how many bytes of the page are left.
    int left() {
        return pageStart + SegmentFormat.PAGE_BODY_BYTES - memory.position();
    }

    /// Returns where the page begins in the buffer.
    int pageStart() {
        return pageStart;
    }

    /// Returns whether nothing was put into the page.
    boolean isPageEmpty() {
        return memory.position() == pageStart;
    }

    void newPage() throws IOException {
        pageStart += PAGE_BYTES;
        if (pageStart == MEMORY_BYTES_MAX) {
            drain();
        } else if (pageStart == memory.capacity()) {
            memory = ByteBuffer.wrap(Arrays.copyOf(memory.array(), 2 * pageStart));
        }
        memory.position(pageStart);
    }

    private void drain() throws IOException {
        DiskFile file = scratch;
        if (file == null) {
            file = disk.create(scratchPath);
            scratch = file;
        }
        file.write(memory.duplicate().position(0).limit(pageStart), scratchBytes);
        scratchBytes += pageStart;
        Arrays.fill(memory.array(), (byte) 0);
        pageStart = 0;
    }

    /// Returns how many pages there are; a page that nothing was put into is none.
    long pages() {
        return (scratchBytes + pageStart) / PAGE_BYTES + (isPageEmpty() ? 0 : 1);
    }

    /// Returns the number of the page being filled.
    int page() {
        return Math.toIntExact((scratchBytes + pageStart) / PAGE_BYTES);
    }

    /// Seals all pages and writes them from `filePosition` on. Nothing may be put after that.
    ///
    /// @return file position after them
    long copyTo(DiskFile target, long filePosition, SegmentChecksum checksum) throws IOException {
        long at = filePosition;
        DiskFile file = scratch;
        if (file != null) {
            ByteBuffer pages = ByteBuffer.allocate(MEMORY_BYTES_MAX);
            for (long from = 0; from < scratchBytes; from += MEMORY_BYTES_MAX) {
                if (file.read(pages.clear(), from) < MEMORY_BYTES_MAX) {
                    throw new IOException(scratchPath + " is shorter than what was written");
                }
                at = write(pages.flip(), target, at, checksum);
            }
        }
        int last = pageStart + (isPageEmpty() ? 0 : PAGE_BYTES);
        return write(memory.duplicate().position(0).limit(last), target, at, checksum);
    }

    private static long write(
            ByteBuffer pages, DiskFile target, long filePosition, SegmentChecksum checksum)
            throws IOException {
        int bytes = pages.remaining();
        for (int at = 0; at < bytes; at += PAGE_BYTES) {
            SegmentFormat.seal(pages.slice(at, PAGE_BYTES), filePosition + at, checksum);
        }
        target.write(pages, filePosition);
        return filePosition + bytes;
    }

    @Override
    public void close() throws IOException {
        DiskFile file = scratch;
        if (file != null) {
            scratch = null;
            file.close();
            disk.delete(scratchPath);
        }
    }
}
