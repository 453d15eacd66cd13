package dev.siltstone.server.http;

import dev.siltstone.stream.Chunk;
import dev.siltstone.stream.Offset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AbstractReferenceCounted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What was appended at a tail, and its events, encoded once for everybody who waited there.
///
/// Counts its references. Thread-safe: the loops whose readers wait at that tail share it.
final class SharedChunk extends AbstractReferenceCounted {
    /// Head of a chunk of HTTP/1.1's chunked coding: its length in eight digits.
    private static final int HEAD_BYTES = 8 + 2;

    /// Room for what surrounds content in its events.
    private static final int EVENT_BYTES = 256;

    private final Chunk chunk;
    private final SseFrames.Encoding encoding;
    private final int eventBytes;
    private final List<Frame> frames = new ArrayList<>(1);

    /// Data event and control event, as most readers get them, as one chunk of the chunked coding.
    static final class Frame {
        private final long cursor;
        private final ByteBuf whole;
        private final int dataLength;

        private Frame(long cursor, ByteBuf whole, int dataLength) {
            this.cursor = cursor;
            this.whole = whole;
            this.dataLength = dataLength;
        }

        /// Returns the events with their head and end; retained for the caller.
        ByteBuf chunked() {
            return whole.retainedDuplicate();
        }

        /// Returns the events alone; retained for the caller.
        ByteBuf plain() {
            return whole.retainedSlice(HEAD_BYTES, whole.readableBytes() - HEAD_BYTES - 2);
        }

        /// Returns the data event alone; retained for the caller.
        ByteBuf data() {
            return whole.retainedSlice(HEAD_BYTES, dataLength);
        }
    }

    SharedChunk(Chunk chunk, SseFrames.Encoding encoding) {
        this.chunk = chunk;
        this.encoding = encoding;
        boolean mayHoldBack = encoding == SseFrames.Encoding.TEXT && !isEnd();
        this.eventBytes = mayHoldBack ? SseFrames.wholeCharacters(chunk.bytes()) : chunk.length();
    }

    Chunk chunk() {
        return chunk;
    }

    Offset start() {
        return chunk.start();
    }

    /// Says whether nothing will follow.
    boolean isEnd() {
        return chunk.upToDate() && chunk.closed();
    }

    /// Says whether there is anything to send, now that half a character is held back.
    boolean hasEvent() {
        return eventBytes > 0;
    }

    /// Returns where readers of events are after this. Bytes of a character whose rest has not arrived
    /// come with the next event.
    Offset eventEnd() {
        int heldBack = chunk.length() - eventBytes;
        return heldBack == 0
                ? chunk.next()
                : new Offset(chunk.next().lineage(), chunk.next().wireByte() - heldBack);
    }

    boolean isUpToDate() {
        return chunk.upToDate() && eventBytes == chunk.length();
    }

    /// Returns the control event for a reader that is to get `cursor`.
    ByteBuf controlEvent(long cursor) {
        ByteBuf event = Unpooled.directBuffer(EVENT_BYTES);
        SseFrames.control(event, eventEnd(), cursor, isUpToDate(), isEnd());
        return event;
    }

    /// Returns the events for all readers that are to get `cursor`. Valid as long as this is held.
    synchronized Frame frame(long cursor) {
        for (Frame frame : frames) {
            if (frame.cursor == cursor) {
                return frame;
            }
        }
        Frame frame = encode(cursor);
        frames.add(frame);
        return frame;
    }

    private Frame encode(long cursor) {
        ByteBuf whole = Unpooled.directBuffer(HEAD_BYTES + eventBytes + EVENT_BYTES);
        whole.writeZero(HEAD_BYTES);
        if (hasEvent()) {
            ByteBuffer bytes = chunk.bytes();
            SseFrames.data(whole, bytes.slice(bytes.position(), eventBytes), encoding);
        }
        int dataLength = whole.writerIndex() - HEAD_BYTES;
        SseFrames.control(whole, eventEnd(), cursor, isUpToDate(), isEnd());
        int length = whole.writerIndex() - HEAD_BYTES;
        whole.writeByte('\r').writeByte('\n');
        String head = HexFormat.of().toHexDigits(length) + "\r\n";
        whole.setBytes(0, head.getBytes(StandardCharsets.US_ASCII));
        return new Frame(cursor, whole, dataLength);
    }

    @Override
    protected synchronized void deallocate() {
        frames.forEach(frame -> frame.whole.release());
        frames.clear();
    }

    @Override
    public SharedChunk touch(Object hint) {
        return this;
    }
}
