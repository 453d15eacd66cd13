package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunEntries;
import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One read of a stream: where it may begin, where it must end, and the bytes between.
///
/// Not thread-safe; made for one read.
final class ChunkRead {
    /// A UTF-8 code point has at most so many bytes after its first.
    private static final int CONTINUATION_BYTES_MAX = 3;

    private final LiveStream stream;
    private final Reads reads;
    private @Nullable RunEntry found;

    ChunkRead(LiveStream stream, Reads reads) {
        this.stream = stream;
        this.reads = reads;
    }

    /// @param start as [StreamReader#resolve] returned it
    /// @param bound where to end at the latest: a tail, of now or earlier
    Chunk read(Offset start, long bound, long tail, boolean closed)
            throws InvalidOffsetException, IOException {
        long from = start.wireByte();
        if (stream.isJson() && from < bound) {
            checkBoundary(from);
        }
        long end = Math.max(from, end(from, bound));
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(end - from));
        copy(from, bytes);
        boolean upToDate = end >= tail;
        return new Chunk(
                start,
                new Offset(start.lineage(), end),
                upToDate,
                upToDate && closed,
                bytes.flip());
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
        RunEntry entry = entryOf(wireByte - 1);
        if (entry.messages() < 2) {
            return entry.end();
        }
        long end = entry.wireByte();
        for (int length : reads.messageLengths(entry)) {
            end += length;
            if (end >= wireByte) {
                return end;
            }
        }
        throw new IOException("the entry at position " + entry.position() + " ends early");
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
        RunEntry entry = entryOf(wireByte);
        long boundary = entry.wireByte();
        if (boundary < wireByte && entry.messages() >= 2) {
            for (int length : reads.messageLengths(entry)) {
                if (boundary >= wireByte) {
                    break;
                }
                boundary += length;
            }
        }
        if (boundary != wireByte) {
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
        RunEntry entry = entryOf(anchor);
        long end = Math.min(entry.end(), stream.ownedEnd(stream.ownerOf(anchor), tail));
        long place = stream.isJson() ? skip(entry, anchor, subOffset, end) : anchor + subOffset;
        if (place < 0 || place > end) {
            throw new InvalidOffsetException(
                    "sub-offset " + subOffset + " is past the end of the append at the fork offset",
                    false);
        }
        return place;
    }

    /// @return the wire byte after `count` messages from `anchor` on; -1 if there are fewer
    private long skip(RunEntry entry, long anchor, long count, long end) throws IOException {
        long at = entry.wireByte();
        long left = count;
        for (int length : reads.messageLengths(entry)) {
            if (at >= end || left == 0) {
                break;
            }
            if (at >= anchor) {
                left--;
            }
            at += length;
        }
        return left == 0 ? at : -1;
    }

    private RunEntry entryOf(long wireByte) throws IOException {
        found = null;
        visit(
                wireByte,
                entry -> {
                    found = entry;
                    return false;
                });
        RunEntry entry = found;
        if (entry == null || wireByte < entry.wireByte() || wireByte >= entry.end()) {
            throw missing(wireByte);
        }
        return entry;
    }

    /// Fills an empty buffer with the bytes from `from` on, over the files and streams that they lie in.
    private void copy(long from, ByteBuffer target) throws IOException {
        long end = from + target.limit();
        var pieces = new PieceReader(reads, target);
        while (pieces.wanted() > 0) {
            long at = end - pieces.wanted();
            long ownedEnd = stream.ownedEnd(stream.ownerOf(at), end);
            visit(at, entry -> add(pieces, entry, end, ownedEnd));
            pieces.read();
            if (end - pieces.wanted() == at) {
                throw missing(at);
            }
        }
    }

    /// @return whether the next entry is wanted as well
    private static boolean add(PieceReader pieces, RunEntry entry, long end, long ownedEnd)
            throws IOException {
        long at = end - pieces.wanted();
        long until = Math.min(ownedEnd, entry.end());
        if (at < entry.wireByte() || until <= at) {
            return false;
        }
        pieces.add(Reads.position(entry, at), (int) (until - at));
        return until < ownedEnd;
    }

    private void visit(long wireByte, RunEntries.Visitor visitor) throws IOException {
        LiveStream owner = stream.ownerOf(wireByte);
        Run run = owner.runs().find(wireByte);
        if (run == null) {
            throw missing(wireByte);
        }
        reads.visit(run, owner.id(), wireByte, visitor);
    }

    private IOException missing(long wireByte) {
        return new IOException(
                "stream "
                        + stream.path()
                        + " has no bytes at "
                        + wireByte
                        + ", which it should have");
    }
}
