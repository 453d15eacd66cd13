package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// One read of a stream: where it may begin, where it must end, and the bytes between.
///
/// Not thread-safe; made for one read.
final class ChunkRead {
    /// A UTF-8 code point has at most so many bytes after its first.
    private static final int CONTINUATION_BYTES_MAX = 3;

    /// A place moves seldom, and not for ever: a pass or a merge takes longer than a look-up.
    private static final int ATTEMPTS_MAX = 100;

    /// Less is read quicker than a file is opened.
    private static final int STORED_BYTES_MIN = 64 << 10;

    private final LiveStream stream;
    private final Reads reads;

    ChunkRead(LiveStream stream, Reads reads) {
        this.stream = stream;
        this.reads = reads;
    }

    /// @param start as [StreamReader#resolve] returned it
    /// @param bound where to end at the latest: a tail, of now or earlier
    Chunk read(Offset start, long bound, long tail, boolean closed, IntFunction<ByteBuffer> memory)
            throws InvalidOffsetException, IOException {
        long from = start.wireByte();
        if (stream.isJson() && from < bound) {
            checkBoundary(from);
        }
        long end = Math.max(from, end(from, bound));
        ByteBuffer bytes = memory.apply(Math.toIntExact(end - from));
        copy(from, bytes);
        boolean upToDate = end >= tail;
        return new Chunk(
                start,
                new Offset(start.lineage(), end),
                upToDate,
                upToDate && closed,
                bytes.flip());
    }

    /// @param start as [StreamReader#resolve] returned it
    /// @return `null` if the chunk is short, or in many pieces, or not to be sent from a file
    @Nullable StoredChunk readStored(Offset start, long tail, boolean closed)
            throws InvalidOffsetException, IOException {
        long from = start.wireByte();
        if (tail - from < STORED_BYTES_MIN) {
            return null;
        }
        if (stream.isJson()) {
            checkBoundary(from);
        }
        long end = end(from, tail);
        if (end - from < STORED_BYTES_MIN) {
            return null;
        }
        boolean upToDate = end >= tail;
        var next = new Offset(start.lineage(), end);
        List<StoredChunk.Piece> pieces = new ArrayList<>(2);
        boolean all = false;
        try {
            all = addPieces(from, end, pieces);
        } finally {
            if (!all) {
                StoredChunk.closeAll(pieces);
            }
        }
        var place = new Chunk(start, next, upToDate, upToDate && closed, ByteBuffer.allocate(0));
        return all ? new StoredChunk(place, pieces) : null;
    }

    /// Adds the pieces of files that hold a range of the stream.
    ///
    /// @return whether all of it lies in such, and they are not too many
    private boolean addPieces(long from, long end, List<StoredChunk.Piece> pieces)
            throws IOException {
        long at = from;
        while (at < end) {
            long begin = at;
            long ownedEnd = stream.ownedEnd(stream.ownerOf(at), end);
            at =
                    with(
                            at,
                            reads::leaseSettled,
                            run -> {
                                long until = run == null ? -1 : Math.min(run.end(), ownedEnd);
                                return run != null && addPieces(run, begin, until, pieces)
                                        ? until
                                        : -1;
                            });
            if (at < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean addPieces(
            RunSource run, long from, long until, List<StoredChunk.Piece> pieces)
            throws IOException {
        List<long[]> ranges = new ArrayList<>(1);
        boolean there =
                run.visitRanges(
                        from,
                        until,
                        (filePosition, length) -> ranges.add(new long[] {filePosition, length}));
        if (!there || pieces.size() + ranges.size() > StoredChunk.PIECES_MAX) {
            return false;
        }
        for (long[] range : ranges) {
            FileChannel file = run.openForSending();
            if (file == null) {
                return false;
            }
            pieces.add(new StoredChunk.Piece(file, range[0], Math.toIntExact(range[1])));
        }
        return true;
    }

    /// Returns where a chunk that begins at `from` ends.
    private long end(long from, long bound) throws IOException {
        long multiple = (from / StreamReader.CHUNK_BYTES + 1) * StreamReader.CHUNK_BYTES;
        if (bound <= multiple) {
            return bound;
        }
        if (stream.isJson()) {
            return Math.min(bound, messageEnd(multiple));
        }
        return ContentTypes.isText(stream.contentType()) ? codePointEnd(multiple, bound) : multiple;
    }

    /// Returns the first end of a message at or after `wireByte`, which is not the first byte.
    private long messageEnd(long wireByte) throws IOException {
        return with(wireByte - 1, run -> run.messageEnd(wireByte));
    }

    private long codePointEnd(long wireByte, long bound) throws IOException {
        int ahead = (int) Math.min(CONTINUATION_BYTES_MAX + 1, bound - wireByte);
        ByteBuffer bytes = ByteBuffer.allocate(ahead);
        copy(wireByte, bytes);
        bytes.flip();
        int skipped = 0;
        while (skipped < ahead
                && skipped < CONTINUATION_BYTES_MAX
                && (bytes.get(skipped) & 0xC0) == 0x80) {
            skipped++;
        }
        return wireByte + skipped;
    }

    /// @throws InvalidOffsetException if no message begins at `wireByte`
    private void checkBoundary(long wireByte) throws InvalidOffsetException, IOException {
        if (!with(wireByte, run -> run.isMessageBoundary(wireByte))) {
            throw new InvalidOffsetException(
                    "the offset lies within a JSON message; use one that this server returned",
                    false);
        }
    }

    /// Resolves a place so many bytes or messages past an anchor, not past the end of the append that
    /// follows the anchor.
    ///
    /// @return its wire byte
    /// @throws InvalidOffsetException if there is no such place
    long resolve(long anchor, long subOffset, long tail)
            throws InvalidOffsetException, IOException {
        if (stream.isJson() && anchor < tail) {
            checkBoundary(anchor);
        }
        if (subOffset == 0) {
            return anchor;
        }
        if (anchor >= tail) {
            throw new InvalidOffsetException(
                    "sub-offset "
                            + subOffset
                            + " is past the tail: nothing follows the fork offset",
                    false);
        }
        long appendEnd = with(anchor, run -> run.appendEnd(anchor));
        long end = Math.min(appendEnd, stream.ownedEnd(stream.ownerOf(anchor), tail));
        long place = stream.isJson() ? skip(anchor, subOffset, end) : anchor + subOffset;
        if (place < 0 || place > end) {
            throw new InvalidOffsetException(
                    "sub-offset " + subOffset + " is past the end of the append at the fork offset",
                    false);
        }
        return place;
    }

    /// @return the wire byte after `count` messages from `anchor` on; -1 if there are fewer before `end`
    private long skip(long anchor, long count, long end) throws IOException {
        return with(
                anchor,
                run -> {
                    var search = new Skip(count);
                    run.visitMessages(
                            anchor, (at, length, _, _) -> at < end && search.skipped(at + length));
                    return search.left == 0 ? search.place : -1;
                });
    }

    /// Counts messages.
    private static final class Skip {
        private long left;
        private long place;

        private Skip(long count) {
            left = count;
        }

        /// @return whether more are to be skipped
        private boolean skipped(long end) {
            left--;
            place = end;
            return left > 0;
        }
    }

    /// Fills an empty buffer with the bytes from `from` on, over the files and streams that they lie in.
    private void copy(long from, ByteBuffer target) throws IOException {
        int limit = target.limit();
        long end = from + limit;
        int copied = 0;
        while (copied < limit) {
            int done = copied;
            long at = from + done;
            long ownedEnd = stream.ownedEnd(stream.ownerOf(at), end);
            copied =
                    with(
                            at,
                            run -> {
                                int until = done + (int) (Math.min(run.end(), ownedEnd) - at);
                                run.read(at, target.limit(until).position(done));
                                return until;
                            });
            target.limit(limit);
        }
    }

    /// What is done with a run.
    private interface Use<T> {
        T with(RunSource run) throws IOException;
    }

    /// What is done with a run that may not be there.
    private interface PossibleUse<T> {
        T with(@Nullable RunSource run) throws IOException;
    }

    /// How a run is got.
    private interface Leasing {
        Reads.@Nullable Leased lease(LiveStream owner, long wireByte) throws IOException;
    }

    /// Does something with the run that holds `wireByte`; again, if that has just moved.
    private <T> T with(long wireByte, Use<T> use) throws IOException {
        return with(wireByte, reads::lease, run -> use.with(Objects.requireNonNull(run)));
    }

    private <T> T with(long wireByte, Leasing leasing, PossibleUse<T> use) throws IOException {
        LiveStream owner = stream.ownerOf(wireByte);
        for (int attempt = 1; ; attempt++) {
            try (Reads.Leased leased = leasing.lease(owner, wireByte)) {
                return use.with(leased == null ? null : leased.run());
            } catch (PlaceGoneException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }
}
