package dev.siltstone.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads pieces of one journal file, in order, one behind the other into a buffer. Pieces that lie close
/// together are read at once, with what is between them: a call to the file system costs more than copying
/// some bytes in vain.
///
/// Not thread-safe; made for one read.
final class PieceReader {
    /// What may lie between two pieces that are read at once.
    private static final int GAP_BYTES_MAX = 1024;

    /// What is read at once, if it is more than one piece.
    private static final int SPAN_BYTES_MAX = 1 << 17;

    private static final int PIECES_MAX = 1024;

    private final Reads reads;
    private final ByteBuffer target;
    private final int[] starts = new int[PIECES_MAX];
    private final int[] lengths = new int[PIECES_MAX];
    private int pieces;
    private long spanStart;
    private int spanLength;
    private int spanPieceBytes;
    private ByteBuffer span = ByteBuffer.allocate(0);

    PieceReader(Reads reads, ByteBuffer target) {
        this.reads = reads;
        this.target = target;
    }

    /// Returns how many bytes of the buffer no piece was added for yet.
    int wanted() {
        return target.remaining() - spanPieceBytes;
    }

    /// Adds a piece behind the last one.
    void add(long position, int length) throws IOException {
        if (pieces > 0 && !fits(position, length)) {
            read();
        }
        if (pieces == 0) {
            spanStart = position;
        }
        starts[pieces] = (int) (position - spanStart);
        lengths[pieces] = length;
        pieces++;
        spanLength = (int) (position - spanStart) + length;
        spanPieceBytes += length;
    }

    private boolean fits(long position, int length) {
        long gap = position - (spanStart + spanLength);
        return gap >= 0
                && gap <= GAP_BYTES_MAX
                && position + length - spanStart <= SPAN_BYTES_MAX
                && pieces < PIECES_MAX;
    }

    /// Reads the pieces added since the last call.
    void read() throws IOException {
        if (pieces == 0) {
            return;
        }
        if (pieces == 1) {
            readOne();
        } else {
            readSpan();
        }
        pieces = 0;
        spanLength = 0;
        spanPieceBytes = 0;
    }

    private void readOne() throws IOException {
        int limit = target.limit();
        target.limit(target.position() + lengths[0]);
        reads.read(spanStart, target);
        target.limit(limit);
    }

    private void readSpan() throws IOException {
        if (span.capacity() < spanLength) {
            span =
                    ByteBuffer.allocate(
                            Math.min(SPAN_BYTES_MAX, Math.max(spanLength, 2 * span.capacity())));
        }
        reads.read(spanStart, span.clear().limit(spanLength));
        for (int i = 0; i < pieces; i++) {
            target.put(target.position(), span, starts[i], lengths[i]);
            target.position(target.position() + lengths[i]);
        }
    }
}
