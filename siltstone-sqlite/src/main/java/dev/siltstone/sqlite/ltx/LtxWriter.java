package dev.siltstone.sqlite.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/// Writes a LTX file in block form, front to back: the header at once, then pages in ascending order, at last
/// index and trailer. It refuses a file that would not say all it must: see [PageCoverage].
///
/// Nothing is forced; a file that was not [#finish]ed is none. Memory does not grow with the file. Not
/// thread-safe. Closing it releases what it holds, and leaves the sink alone.
public final class LtxWriter implements Closeable {
    /// Small files are many, and direct buffers are freed late; so only a file that outgrows the first buffer
    /// gets a direct one.
    private static final int FIRST_BUFFER_BYTES = 16 << 10;

    private static final int BUFFER_BYTES = 256 << 10;

    private final String file;
    private final LtxSink sink;
    private final LtxHeader header;
    private final PageOrder order;
    private final PageCrc pageCrc;
    private final FrameLog frames;
    private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
    private ByteBuffer buffer;
    private final int blockBytesMax;
    private final DatabaseChecksum database;
    private long flushed;
    private long crc;
    private @Nullable ByteBuffer copy;
    private boolean finished;

    /// Writes the header.
    ///
    /// @param file its name, for messages
    /// @param coverage which pages must be in it
    /// @param spill where the index of a large file waits
    /// @throws IllegalArgumentException if the header is not possible, or the database has no pages and no
    ///     checksums (see [LtxFormat])
    public LtxWriter(
            String file, LtxSink sink, LtxHeader header, PageCoverage coverage, IndexSpill spill) {
        this(file, sink, header, coverage, new FrameLog(spill, FrameLog.MEMORY_BYTES_MAX));
    }

    LtxWriter(String file, LtxSink sink, LtxHeader header, PageCoverage coverage, FrameLog frames) {
        if (header.commit() == 0 && header.noChecksum()) {
            throw new IllegalArgumentException(
                    file + ": a database without pages needs a header with checksums");
        }
        if (header.commit() < 0 || header.commit() > 0xFFFFFFFFL) {
            throw new IllegalArgumentException(file + ": a commit of " + header.commit());
        }
        this.file = file;
        this.sink = sink;
        this.header = header;
        this.order = new PageOrder(header, coverage);
        this.frames = frames;
        this.database = new DatabaseChecksum(header.pageSize());
        this.blockBytesMax = LtxFormat.blockBytesMax(header.pageSize());
        this.buffer =
                ByteBuffer.allocate(
                        Math.max(FIRST_BUFFER_BYTES, LtxFormat.BLOCK_HEADER_BYTES + blockBytesMax));
        ByteBuffer bytes = LtxFormat.encode(header);
        this.crc = Crc64.update(Crc64.START, bytes, 0, LtxFormat.HEADER_BYTES);
        this.buffer.put(bytes);
        this.pageCrc = PageCrc.of(header.pageSize());
    }

    public LtxHeader header() {
        return header;
    }

    /// Returns the bytes of the file so far.
    public long bytes() {
        return flushed + buffer.position();
    }

    /// Returns the checksum that a database of just the pages written so far has.
    public long pagesChecksum() {
        return database.value();
    }

    /// Writes the next page.
    ///
    /// @param page its bytes, all remaining, which stay remaining
    /// @return its checksum
    /// @throws IllegalArgumentException if it cannot come now; nothing was written
    /// @throws IOException if the sink fails; the file is lost
    public long page(long pgno, ByteBuffer page) throws IOException {
        if (page.remaining() != header.pageSize()) {
            throw new IllegalArgumentException(
                    "%s: page %d of %d bytes; pages have %d"
                            .formatted(file, pgno, page.remaining(), header.pageSize()));
        }
        begin(pgno);
        ByteBuffer source = page.isDirect() || page.hasArray() ? page : copyOf(page);
        int from = source == page ? page.position() : 0;
        int at = buffer.position() + LtxFormat.BLOCK_HEADER_BYTES;
        int length =
                compressor.compress(source, from, header.pageSize(), buffer, at, blockBytesMax);
        return end(pgno, length, pageCrc.raw(source, from));
    }

    /// Writes the page that a reader is at, copying its block if it has one.
    long page(LtxReader reader) throws IOException {
        FrameDecoder frame = reader.frame();
        if (!frame.isBlock()) {
            return page(frame.pgno(), reader.page());
        }
        begin(frame.pgno());
        int at = buffer.position() + LtxFormat.BLOCK_HEADER_BYTES;
        buffer.put(at, reader.frameBuffer(), frame.blockAt(), frame.blockBytes());
        return end(frame.pgno(), frame.blockBytes(), frame.rawCrc());
    }

    /// Writes the next pages, which were packed.
    ///
    /// @param batch whose frames are taken from it; its checksums stay
    /// @throws IllegalArgumentException if a page of it cannot come now; the file is lost
    /// @throws IOException if the sink fails; the file is lost
    public void append(PageBatch batch) throws IOException {
        if (batch.pageSize() != header.pageSize()) {
            throw new IllegalArgumentException(
                    "%s: pages of %d bytes; pages have %d"
                            .formatted(file, batch.pageSize(), header.pageSize()));
        }
        requireNext(batch.first());
        flush();
        int count = batch.frames().remaining();
        for (int i = 0; i < batch.count(); i++) {
            if (i > 0) {
                requireNext(batch.first() + i);
            }
            account(batch.first() + i, batch.blockBytes(i), batch.raw(i));
        }
        sink.write(batch.frames());
        flushed += count;
    }

    private void begin(long pgno) throws IOException {
        requireNext(pgno);
        makeRoom(LtxFormat.BLOCK_HEADER_BYTES + blockBytesMax);
    }

    private void requireNext(long pgno) {
        if (finished) {
            throw new IllegalStateException(file + " is finished");
        }
        Wrong wrong = order.next(pgno, bytes());
        if (wrong != null) {
            throw new IllegalArgumentException(
                    "%s: %s: expected %s, got %s"
                            .formatted(file, wrong.reason(), wrong.expected(), wrong.actual()));
        }
    }

    private long end(long pgno, int blockBytes, long rawCrc) throws IOException {
        buffer.putInt((int) pgno).putShort((short) LtxFormat.PAGE_FLAG_BLOCK).putInt(blockBytes);
        buffer.position(buffer.position() + blockBytes);
        return account(pgno, blockBytes, rawCrc);
    }

    /// Takes note of a frame that is written.
    ///
    /// @return the page's checksum
    private long account(long pgno, int blockBytes, long rawCrc) throws IOException {
        crc = pageCrc.update(FrameDecoder.addHead(crc, pgno, blockBytes), rawCrc);
        frames.add(pgno, LtxFormat.BLOCK_HEADER_BYTES + blockBytes);
        long checksum = pageCrc.checksum(pgno, rawCrc);
        database.toggle(pgno, checksum);
        return checksum;
    }

    /// Ends a file without database checksums.
    ///
    /// @return its trailer
    /// @throws IllegalArgumentException if a page is missing; the file is lost
    /// @throws IOException if the sink or the spill fails; the file is lost
    public LtxTrailer finish() throws IOException {
        return finish(0);
    }

    /// Ends the file.
    ///
    /// @param postApplyChecksum of the database after it; 0 without checksums
    /// @return its trailer
    /// @throws IllegalArgumentException if a page is missing, or the checksum is not possible, or is not that
    ///     of a snapshot's pages; the file is lost
    /// @throws IOException if the sink or the spill fails; the file is lost
    public LtxTrailer finish(long postApplyChecksum) throws IOException {
        if (finished) {
            throw new IllegalStateException(file + " is finished");
        }
        finished = true;
        refuse(order.end(bytes()));
        refuse(new LtxTrailer(postApplyChecksum, 0).wrong(header).orElse(null));
        if (header.isSnapshot() && !header.noChecksum() && postApplyChecksum != database.value()) {
            throw new IllegalArgumentException(
                    "%s: database checksum %s; its pages have %s"
                            .formatted(file, PageChecksum.text(postApplyChecksum), database));
        }
        writeIndex();
        makeRoom(LtxFormat.TRAILER_BYTES);
        crc = Crc64.updateBigEndian(crc, postApplyChecksum, 8);
        LtxTrailer trailer =
                new LtxTrailer(postApplyChecksum, PageChecksum.FLAG | Crc64.value(crc));
        buffer.put(LtxFormat.encode(trailer));
        flush();
        return trailer;
    }

    private void refuse(@Nullable Wrong wrong) {
        if (wrong != null) {
            throw new IllegalArgumentException(
                    "%s: %s: expected %s, got %s"
                            .formatted(file, wrong.reason(), wrong.expected(), wrong.actual()));
        }
    }

    private void writeIndex() throws IOException {
        makeRoom(LtxFormat.PAGE_HEADER_BYTES);
        int zeros = buffer.position();
        buffer.putInt(0).putShort((short) 0);
        crc = Crc64.update(crc, buffer, zeros, LtxFormat.PAGE_HEADER_BYTES);
        long start = bytes();
        long[] frame = {LtxFormat.HEADER_BYTES};
        frames.forEach((pgno, frameBytes) -> {
            makeRoom(LtxFormat.ENTRY_BYTES_MAX);
            int at = buffer.position();
            LtxFormat.putVarint(buffer, pgno);
            LtxFormat.putVarint(buffer, frame[0]);
            LtxFormat.putVarint(buffer, frameBytes);
            crc = Crc64.update(crc, buffer, at, buffer.position() - at);
            frame[0] += frameBytes;
        });
        makeRoom(1 + LtxFormat.INDEX_SIZE_BYTES);
        int at = buffer.position();
        buffer.put((byte) 0).putLong(bytes() - start);
        crc = Crc64.update(crc, buffer, at, 1 + LtxFormat.INDEX_SIZE_BYTES);
    }

    private ByteBuffer copyOf(ByteBuffer page) {
        if (copy == null) {
            copy = ByteBuffer.allocate(header.pageSize());
        }
        return copy.put(0, page, page.position(), header.pageSize());
    }

    private void makeRoom(int count) throws IOException {
        if (buffer.remaining() < count) {
            flush();
        }
    }

    private void flush() throws IOException {
        int count = buffer.flip().remaining();
        sink.write(buffer);
        flushed += count;
        if (buffer.capacity() < BUFFER_BYTES && !finished) {
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        finished = true;
        frames.close();
    }
}
