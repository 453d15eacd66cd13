package dev.siltstone.sqlite.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a LTX file from its first byte to its last, in either encoding, and checks all of it: header, pages
/// and their order, index, checksums, and that nothing follows.
///
/// A page is handed on once it decompressed to a page's length and its place is right; that its bytes are
/// what was written is known only at the end, when [#next()] has returned false. Memory does not depend on
/// the file, but for 8 bytes per 1024 pages.
///
/// Not thread-safe. Closing it closes the stream.
public final class LtxReader implements Closeable {
    private final InputWindow in;
    private final LtxHeader header;
    private final FrameDecoder decoder;
    private final ByteBuffer buffer;
    private final ByteBuffer page;
    private final PageOrder order;
    private final EntryHashes entries = new EntryHashes();
    private final DatabaseChecksum database;
    private long crc;
    private @Nullable LtxTrailer trailer;

    /// Reads the header.
    ///
    /// @param file its name, for messages
    /// @throws LtxDamagedException if it is no LTX file, or the header is not possible
    /// @throws IOException if the stream cannot be read; whatever is thrown here, the stream stays open
    public LtxReader(String file, InputStream in) throws IOException {
        this.in = new InputWindow(file, in, 0);
        int length = this.in.fill(LtxFormat.HEADER_BYTES);
        this.header = LtxFormat.decodeHeader(file, this.in.view().slice(this.in.at(), length));
        header.check(file);
        this.crc = this.in.crc(Crc64.START, LtxFormat.HEADER_BYTES);
        this.in.skip(LtxFormat.HEADER_BYTES);
        this.decoder = new FrameDecoder(header.pageSize());
        this.buffer = ByteBuffer.allocate(header.pageSize());
        this.page = buffer.duplicate();
        this.order = new PageOrder(header, PageCoverage.UNKNOWN);
        this.database = new DatabaseChecksum(header.pageSize());
    }

    /// Reads a whole file only to check it, and closes the stream.
    ///
    /// @return its trailer
    /// @throws LtxDamagedException if anything is wrong with it
    /// @throws IOException if the stream cannot be read
    public static LtxTrailer verify(String file, InputStream in) throws IOException {
        try (in;
                LtxReader reader = new LtxReader(file, in)) {
            while (reader.next()) {
                // each page is checked on its way
            }
            return reader.trailer();
        }
    }

    /// Returns the file's name.
    public String file() {
        return in.file();
    }

    public LtxHeader header() {
        return header;
    }

    /// Moves to the next page.
    ///
    /// @return false once all pages were read, and index, trailer and checksums were found right
    /// @throws LtxDamagedException if anything is wrong
    /// @throws IOException if the stream cannot be read
    public boolean next() throws IOException {
        if (trailer != null) {
            return false;
        }
        if (!decoder.next(in, buffer, 0)) {
            end();
            return false;
        }
        fail(order.next(decoder.pgno(), decoder.filePosition()));
        entries.add(decoder.pgno(), decoder.frameBytes());
        crc = decoder.addTo(crc);
        if (isTrackedSnapshot()) {
            database.toggle(decoder.pgno(), decoder.pageChecksum());
        }
        return true;
    }

    /// Returns the number of the page.
    public long pgno() {
        return decoder.pgno();
    }

    /// Returns the page's bytes, valid until [#next()]; not to be changed.
    public ByteBuffer page() {
        return page.clear();
    }

    /// Returns the page's checksum.
    public long pageChecksum() {
        return decoder.pageChecksum();
    }

    /// Returns the trailer.
    ///
    /// @throws IllegalStateException before [#next()] returned false
    public LtxTrailer trailer() {
        if (trailer == null) {
            throw new IllegalStateException("not yet at the end of " + in.file());
        }
        return trailer;
    }

    FrameDecoder frame() {
        return decoder;
    }

    /// Returns the buffer in which the frame's block lies.
    ByteBuffer frameBuffer() {
        return in.view();
    }

    private void end() throws IOException {
        long framesEnd = in.filePosition();
        fail(order.end(framesEnd));
        crc = in.crc(crc, LtxFormat.PAGE_HEADER_BYTES);
        in.skip(LtxFormat.PAGE_HEADER_BYTES);
        PageOrder indexOrder = new PageOrder(header, PageCoverage.UNKNOWN);
        crc = new IndexEntries(in, indexOrder, framesEnd, crc).read(new EntryCheck());
        in.require(LtxFormat.TRAILER_BYTES, "the trailer");
        LtxTrailer found = LtxFormat.decodeTrailer(in.view(), in.at());
        checkTrailer(in.file(), in.filePosition(), header, found, in.crc(crc, 8));
        checkDatabase(found);
        in.skip(LtxFormat.TRAILER_BYTES);
        int more = in.fill(1);
        if (more != 0) {
            throw in.damaged(0, "end of the file", "nothing behind the trailer", "more bytes");
        }
        trailer = found;
    }

    /// @param filePosition of the trailer
    /// @param crc state of the CRC of all before the file checksum
    static void checkTrailer(
            String file, long filePosition, LtxHeader header, LtxTrailer trailer, long crc)
            throws LtxDamagedException {
        long checksum = PageChecksum.FLAG | Crc64.value(crc);
        if (trailer.fileChecksum() != checksum) {
            throw new LtxDamagedException(
                    file,
                    filePosition + 8,
                    "file checksum",
                    PageChecksum.text(checksum),
                    PageChecksum.text(trailer.fileChecksum()));
        }
        Optional<Wrong> wrong = trailer.wrong(header);
        if (wrong.isPresent()) {
            throw wrong.get().at(filePosition).in(file);
        }
    }

    private void checkDatabase(LtxTrailer found) throws LtxDamagedException {
        if (isTrackedSnapshot() && found.postApplyChecksum() != database.value()) {
            throw in.damaged(
                    0,
                    "database checksum after",
                    database.toString(),
                    PageChecksum.text(found.postApplyChecksum()));
        }
    }

    private boolean isTrackedSnapshot() {
        return header.isSnapshot() && !header.noChecksum();
    }

    private void fail(@Nullable Wrong wrong) throws LtxDamagedException {
        if (wrong != null) {
            throw wrong.in(in.file());
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /// Compares the index's entries with the frames read before, 1024 at a time.
    private final class EntryCheck implements IndexEntries.Visitor {
        private long count;
        private long hash = Crc64.START;

        @Override
        public void entry(long pgno, long frame, long frameBytes, long entryPosition)
                throws LtxDamagedException {
            hash = EntryHashes.add(hash, pgno, frameBytes);
            count++;
            if (count > entries.count()) {
                throw wrong(entryPosition, entries.count() + " entries", "more");
            }
            if (count % EntryHashes.GROUP == 0 || count == entries.count()) {
                if (hash != entries.upTo(count)) {
                    long first = (count - 1) / EntryHashes.GROUP * EntryHashes.GROUP + 1;
                    String which = "entries %d to %d".formatted(first, count);
                    throw wrong(entryPosition, which + " to be of the pages read", "others");
                }
                hash = Crc64.START;
            }
        }

        private LtxDamagedException wrong(long position, String expected, String actual) {
            return new LtxDamagedException(in.file(), position, "page index", expected, actual);
        }
    }
}
