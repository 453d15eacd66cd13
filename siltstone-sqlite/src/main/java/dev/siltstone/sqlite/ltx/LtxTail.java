package dev.siltstone.sqlite.ltx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;

/// What lies around the frames of a file: its header, its index and its trailer.
///
/// @param headerCrc state of the file's CRC behind the header
/// @param framesEnd file position of the six zero bytes
/// @param tailCrc state, begun with 0, of a CRC from the six zero bytes to the file checksum
/// @param tailBytes how many bytes those are
record LtxTail(
        LtxHeader header,
        LtxTrailer trailer,
        long headerCrc,
        long framesEnd,
        long tailCrc,
        long tailBytes) {
    /// Read at once from the end: holds the index of some 7,000 pages.
    private static final int TAIL_BYTES = 64 << 10;

    private static final int FIXED_BYTES = LtxFormat.INDEX_SIZE_BYTES + LtxFormat.TRAILER_BYTES;

    /// Reads them with two requests, or three if the index is large, or one if the file is small, and hands
    /// the index's entries to `visitor`. The index is checked against itself, not against the frames, and the
    /// file checksum not at all.
    static LtxTail read(LtxSource source, IndexEntries.Visitor visitor) throws IOException {
        long bytes = source.bytes();
        if (bytes < LtxFormat.FILE_BYTES_MIN) {
            throw new LtxDamagedException(
                    source.file(),
                    bytes,
                    "length of the file",
                    "at least " + LtxFormat.FILE_BYTES_MIN + " bytes",
                    bytes + " bytes");
        }
        long start = Math.max(0, bytes - TAIL_BYTES);
        byte[] end = read(source, start, bytes);
        byte[] first = start == 0 ? end : read(source, 0, LtxFormat.HEADER_BYTES);
        LtxHeader header =
                LtxFormat.decodeHeader(
                        source.file(), ByteBuffer.wrap(first, 0, LtxFormat.HEADER_BYTES));
        header.check(source.file());
        long headerCrc = Crc64.update(Crc64.START, first, 0, LtxFormat.HEADER_BYTES);
        long framesEnd = framesEnd(source, ByteBuffer.wrap(end));
        long missing = start - framesEnd;
        InputStream stream =
                missing > 0
                        ? new SequenceInputStream(
                                source.open(framesEnd, start), new ByteArrayInputStream(end))
                        : new ByteArrayInputStream(end, (int) -missing, end.length);
        try (InputWindow in = new InputWindow(source.file(), stream, framesEnd)) {
            return read(in, header, headerCrc, framesEnd, visitor);
        }
    }

    private static LtxTail read(
            InputWindow in,
            LtxHeader header,
            long headerCrc,
            long framesEnd,
            IndexEntries.Visitor visitor)
            throws IOException {
        in.require(LtxFormat.PAGE_HEADER_BYTES, "the end of the pages");
        if (in.getInt(0) != 0 || in.getShort(4) != 0) {
            String actual = "%08x%04x".formatted(in.getInt(0), in.getShort(4));
            throw in.damaged(0, "end of the pages", "six zero bytes", actual);
        }
        long crc = in.crc(0, LtxFormat.PAGE_HEADER_BYTES);
        in.skip(LtxFormat.PAGE_HEADER_BYTES);
        PageOrder order = new PageOrder(header, PageCoverage.UNKNOWN);
        crc = new IndexEntries(in, order, framesEnd, crc).read(visitor);
        in.require(LtxFormat.TRAILER_BYTES, "the trailer");
        LtxTrailer trailer = LtxFormat.decodeTrailer(in.view(), in.at());
        crc = in.crc(crc, 8);
        long tailBytes = in.filePosition() + 8 - framesEnd;
        in.skip(LtxFormat.TRAILER_BYTES);
        if (in.fill(1) != 0) {
            throw in.damaged(0, "end of the file", "nothing behind the trailer", "more bytes");
        }
        return new LtxTail(header, trailer, headerCrc, framesEnd, crc, tailBytes);
    }

    /// Where the frames end, as the index's size tells.
    private static long framesEnd(LtxSource source, ByteBuffer end) throws LtxDamagedException {
        long sizeAt = source.bytes() - FIXED_BYTES;
        long indexBytes = end.getLong(end.capacity() - FIXED_BYTES);
        long indexBytesMax = sizeAt - LtxFormat.HEADER_BYTES - LtxFormat.PAGE_HEADER_BYTES;
        if (indexBytes < 1 || indexBytes > indexBytesMax) {
            throw new LtxDamagedException(
                    source.file(),
                    sizeAt,
                    "size of the page index",
                    "1 to " + indexBytesMax,
                    Long.toUnsignedString(indexBytes));
        }
        return sizeAt - indexBytes - LtxFormat.PAGE_HEADER_BYTES;
    }

    private static byte[] read(LtxSource source, long start, long end) throws IOException {
        try (InputStream in = source.open(start, end)) {
            byte[] bytes = in.readNBytes((int) (end - start));
            if (bytes.length != end - start) {
                throw new IOException(
                        "%s: %d bytes from %d on; expected %d (trying again may help)"
                                .formatted(source.file(), bytes.length, start, end - start));
            }
            return bytes;
        }
    }
}
