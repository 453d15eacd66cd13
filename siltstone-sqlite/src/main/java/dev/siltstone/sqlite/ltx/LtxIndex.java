package dev.siltstone.sqlite.ltx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// The page index of a file, for reading single pages. It takes about 3 bytes per page, and 16 per 64 pages.
///
/// The index is checked against itself when it is loaded, and a frame must be of the page and the length that
/// it says; but the file checksum covers the whole file, so a page read alone is only as right as its LZ4
/// block shows.
///
/// Immutable, so thread-safe.
public final class LtxIndex {
    private static final int GROUP = 64;

    private final String file;
    private final LtxHeader header;
    private final LtxTrailer trailer;
    private final Entries entries;

    private LtxIndex(String file, LtxTail tail, Entries entries) {
        this.file = file;
        this.header = tail.header();
        this.trailer = tail.trailer();
        this.entries = entries;
    }

    /// Loads the index with up to three requests.
    ///
    /// @throws LtxDamagedException if header, index or trailer are not possible
    /// @throws IOException if the file cannot be read
    public static LtxIndex load(LtxSource source) throws IOException {
        Entries entries = new Entries();
        LtxTail tail = LtxTail.read(source, entries);
        return new LtxIndex(source.file(), tail, entries);
    }

    public LtxHeader header() {
        return header;
    }

    /// Returns the trailer as it stands in the file: whether its checksum is right is not known.
    public LtxTrailer trailer() {
        return trailer;
    }

    /// Returns the number of pages in the file.
    public long pages() {
        return entries.count;
    }

    /// Returns where a page's frame lies, or empty if the page is not in the file.
    public Optional<FramePlace> find(long pgno) {
        return entries.find(pgno);
    }

    /// Decodes the frame that [#find] told of.
    ///
    /// @param frame its bytes
    /// @param target gets the page, from its position on, which stays; a direct buffer, or one with an array
    /// @throws LtxDamagedException if it is not the frame of that page, or no page comes of it
    public void decode(long pgno, FramePlace place, byte[] frame, ByteBuffer target)
            throws IOException {
        FrameDecoder decoder = new FrameDecoder(header.pageSize());
        var stream = new ByteArrayInputStream(frame);
        try (var in = new InputWindow(file, stream, place.filePosition())) {
            if (target.remaining() < header.pageSize()) {
                throw new IllegalArgumentException("no room for a page of " + header.pageSize());
            }
            boolean some = decoder.next(in, target, target.position());
            if (!some || decoder.pgno() != pgno || decoder.frameBytes() != place.bytes()) {
                String actual =
                        some
                                ? "page %d in %d bytes"
                                        .formatted(decoder.pgno(), decoder.frameBytes())
                                : "none";
                throw new LtxDamagedException(
                        file,
                        place.filePosition(),
                        "frame",
                        "page %d in %d bytes".formatted(pgno, place.bytes()),
                        actual);
            }
        }
    }

    /// Entries as two varints each (how far the page number went on, and the size), with the absolute values
    /// kept for each 64th.
    private static final class Entries implements IndexEntries.Visitor {
        private ByteBuffer bytes = ByteBuffer.allocate(256);
        private long[] pgnos = new long[8];
        private long[] frames = new long[8];
        private int[] places = new int[8];
        private long count;
        private long last;

        @Override
        public void entry(long pgno, long frame, long frameBytes, long entryPosition) {
            if (bytes.remaining() < 2 * LtxFormat.VARINT_BYTES_MAX) {
                bytes = ByteBuffer.allocate(bytes.capacity() * 2).put(bytes.flip());
            }
            if (count % GROUP == 0) {
                int group = (int) (count / GROUP);
                if (group == pgnos.length) {
                    pgnos = Arrays.copyOf(pgnos, group * 2);
                    frames = Arrays.copyOf(frames, group * 2);
                    places = Arrays.copyOf(places, group * 2);
                }
                pgnos[group] = pgno;
                frames[group] = frame;
                places[group] = bytes.position();
                last = pgno;
            }
            LtxFormat.putVarint(bytes, pgno - last);
            LtxFormat.putVarint(bytes, frameBytes);
            last = pgno;
            count++;
        }

        Optional<FramePlace> find(long pgno) {
            int groups = (int) ((count + GROUP - 1) / GROUP);
            int found = Arrays.binarySearch(pgnos, 0, groups, pgno);
            int group = found >= 0 ? found : -found - 2;
            if (group < 0) {
                return Optional.empty();
            }
            ByteBuffer at = bytes.duplicate().flip().position(places[group]);
            long frame = frames[group];
            long each = pgnos[group];
            long end = Math.min(GROUP, count - (long) group * GROUP);
            for (long i = 0; i < end; i++) {
                each += varint(at);
                long size = varint(at);
                if (each >= pgno) {
                    return each == pgno
                            ? Optional.of(new FramePlace(frame, size))
                            : Optional.empty();
                }
                frame += size;
            }
            return Optional.empty();
        }

        private static long varint(ByteBuffer at) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = at.get();
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }
    }
}
