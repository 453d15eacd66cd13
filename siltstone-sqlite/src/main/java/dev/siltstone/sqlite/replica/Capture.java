package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.FrameSink;
import dev.siltstone.sqlite.wal.WalPosition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One capture file: frames on their way from the WAL into a LTX file, see [CaptureFormat].
///
/// Appended to by the thread that holds the WAL; once sealed, read by the one that packs it.
final class Capture implements Closeable {
    private final Disk disk;
    private final DiskFile file;
    private final CaptureHeader header;
    private final PageMap pages = new PageMap();
    private WalPosition end;
    private long pagesAfter;
    private long bytes;
    private boolean nameForced;
    private boolean forced;
    private @Nullable IOException failure;

    private Capture(Disk disk, DiskFile file, CaptureHeader header) {
        this.disk = disk;
        this.file = file;
        this.header = header;
        this.end = header.start();
        this.pagesAfter = header.pagesBefore();
        this.bytes = CaptureFormat.HEADER_BYTES;
    }

    /// Begins a file; durable with the first [#force()].
    static Capture create(Disk disk, Path path, CaptureHeader header) throws IOException {
        DiskFile file = disk.create(path);
        file.write(CaptureFormat.encode(header), 0);
        return new Capture(disk, file, header);
    }

    /// Opens a file that an earlier process left, and cuts what was never relied on.
    ///
    /// @return null if it has no header: it was never relied on
    static @Nullable Capture recover(Disk disk, Path path) throws IOException {
        DiskFile file = disk.open(path);
        ByteBuffer bytes = ByteBuffer.allocate(CaptureFormat.HEADER_BYTES);
        file.read(bytes, 0);
        CaptureHeader header = CaptureFormat.decode(bytes.flip());
        if (header == null) {
            file.close();
            return null;
        }
        Capture capture = new Capture(disk, file, header);
        capture.readBatches();
        return capture;
    }

    private void readBatches() throws IOException {
        PageMap uncommitted = new PageMap();
        ByteBuffer batch = ByteBuffer.allocate(CaptureFormat.BATCH_BYTES_MAX);
        long size = file.size();
        long at = bytes;
        while (at + CaptureFormat.BATCH_HEADER_BYTES <= size) {
            int length = readBatch(batch, at);
            if (length == 0) {
                break;
            }
            int frameBytes = CaptureFormat.frameBytes(pageSize());
            for (int frame = CaptureFormat.BATCH_HEADER_BYTES;
                    frame < length;
                    frame += frameBytes) {
                uncommitted.put(
                        Integer.toUnsignedLong(batch.getInt(frame)),
                        at + frame + CaptureFormat.FRAME_HEADER_BYTES);
            }
            at += length;
            if (batch.getLong(24) != 0) {
                for (long pgno : uncommitted.pages()) {
                    pages.put(pgno, uncommitted.find(pgno));
                }
                uncommitted = new PageMap();
                pagesAfter = batch.getLong(24);
                bytes = at;
                end =
                        new WalPosition(
                                header.start().header(),
                                batch.getLong(8),
                                batch.getInt(16),
                                batch.getInt(20));
            }
        }
        if (size > bytes) {
            file.truncate(bytes);
        }
    }

    /// Returns the length of the batch at a file position, which `batch` holds then; 0 if there is no whole one.
    private int readBatch(ByteBuffer batch, long at) throws IOException {
        file.read(batch.clear().limit(CaptureFormat.BATCH_HEADER_BYTES), at);
        int frames = batch.getInt(4);
        if (frames < 1 || frames > CaptureFormat.framesMax(pageSize())) {
            return 0;
        }
        int length =
                CaptureFormat.BATCH_HEADER_BYTES + frames * CaptureFormat.frameBytes(pageSize());
        int read = file.read(batch.clear().limit(length), at);
        boolean whole =
                read == length && CaptureFormat.crc(batch, 4, length - 4) == batch.getInt(0);
        return whole ? length : 0;
    }

    Path path() {
        return file.path();
    }

    CaptureHeader header() {
        return header;
    }

    Txid txid() {
        return header.txid();
    }

    int pageSize() {
        return end.header().pageSize();
    }

    /// Returns the place in the WAL up to which everything is here.
    WalPosition end() {
        return end;
    }

    /// Returns the pages of the database at that place; 0 if it is not known.
    long pagesAfter() {
        return pagesAfter;
    }

    /// Returns where the newest image of each page lies.
    PageMap pages() {
        return pages;
    }

    boolean isEmpty() {
        return bytes == CaptureFormat.HEADER_BYTES;
    }

    long bytes() {
        return bytes;
    }

    /// Collects frames for a batch, of each page the newest, and appends it.
    ///
    /// @param buffer of at least [CaptureFormat#BATCH_BYTES_MAX] bytes
    final class Batch implements FrameSink {
        private final ByteBuffer buffer;
        private final PageMap slots = new PageMap();

        Batch(ByteBuffer buffer) {
            this.buffer = buffer.clear().position(CaptureFormat.BATCH_HEADER_BYTES);
        }

        /// Returns how many pages more it takes for certain.
        int room() {
            return CaptureFormat.framesMax(pageSize()) - slots.size();
        }

        boolean isEmpty() {
            return slots.size() == 0;
        }

        @Override
        public void frame(long frame, long pgno, long commitPages, ByteBuffer page) {
            int slot = (int) slots.find(pgno);
            if (slot < 0) {
                slots.put(pgno, buffer.position());
                buffer.putInt((int) pgno).putInt(0).put(page);
            } else {
                int from = page.position();
                buffer.put(
                        slot + CaptureFormat.FRAME_HEADER_BYTES, page, from, page.limit() - from);
            }
        }

        /// Appends the frames; not durable before [#force()].
        ///
        /// @param reached the place behind the last of them
        /// @param commitPages pages of the database there; 0 if the last one ends no commit
        void append(WalPosition reached, long commitPages) throws IOException {
            requireSound();
            ByteBuffer batch = buffer.flip();
            CaptureFormat.encodeBatchHeader(batch, slots.size(), reached, commitPages);
            int frameBytes = CaptureFormat.frameBytes(pageSize());
            int length = batch.remaining();
            file.write(batch, bytes);
            for (int at = CaptureFormat.BATCH_HEADER_BYTES; at < length; at += frameBytes) {
                pages.put(
                        Integer.toUnsignedLong(batch.getInt(at)),
                        bytes + at + CaptureFormat.FRAME_HEADER_BYTES);
            }
            bytes += length;
            end = reached;
            if (commitPages != 0) {
                pagesAfter = commitPages;
            }
            forced = false;
        }
    }

    /// Makes everything durable that was appended, and the name of the file. A failure is final.
    void force() throws IOException {
        requireSound();
        try {
            if (!forced) {
                file.force();
                forced = true;
            }
            if (!nameForced) {
                Path parent = path().toAbsolutePath().getParent();
                if (parent != null) {
                    disk.forceDirectory(parent);
                }
                nameForced = true;
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void requireSound() throws IOException {
        if (failure != null) {
            throw new IOException(path() + " could not be forced before: " + failure.getMessage());
        }
    }

    /// Reads the page at a file position that [#pages()] told.
    void read(long filePosition, ByteBuffer page) throws IOException {
        int wanted = page.remaining();
        if (file.read(page, filePosition) != wanted) {
            throw new IOException(
                    "%s: a page at file position %d is cut off".formatted(path(), filePosition));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    void delete() throws IOException {
        file.close();
        disk.delete(path());
    }
}
