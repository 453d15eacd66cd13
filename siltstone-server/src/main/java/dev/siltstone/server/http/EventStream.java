package dev.siltstone.server.http;

import dev.siltstone.stream.Chunk;
import dev.siltstone.stream.InvalidOffsetException;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StreamInfo;
import dev.siltstone.stream.StreamReader;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A reader of server-sent events.
///
/// ```
///              chunk by chunk, by itself                 with others, in a TailGroup
/// begin ──> CATCHING_UP ──── at the tail ────────────────> WAITING
///              │   ^ ^                                        │
///   takes no   v   │ └───── takes no bytes; much is new ──────┘
///   bytes   BLOCKED
///
/// from each: ─> OVER   the stream ended, the reader's time is over, the client is gone
/// ```
///
/// What is sent at once is bounded: while the channel is not writable nothing is read for it.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
final class EventStream implements TailGroup.Member, Exchange.Waiting {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventStream.class);

    private enum State {
        CATCHING_UP,
        BLOCKED,
        WAITING,
        OVER
    }

    private final Exchange exchange;
    private final Loop loop;
    private final StreamReader reader;
    private final long streamId;
    private final SseFrames.Encoding encoding;
    private final EventSink sink;
    private Offset position;
    private long lastCursor;
    private State state = State.CATCHING_UP;
    private boolean greeted;
    private boolean longWrite;
    private @Nullable TailGroup group;

    private EventStream(
            Exchange exchange,
            StreamReader reader,
            StreamInfo info,
            Offset position,
            long sentCursor,
            SseFrames.Encoding encoding) {
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.reader = reader;
        this.streamId = info.streamId();
        this.encoding = encoding;
        this.position = position;
        this.lastCursor = sentCursor < loop.cursors().current() ? Cursors.NONE : sentCursor;
        this.sink = exchange.events(Replies.events(encoding));
        if (lastCursor != Cursors.NONE) {
            lastCursor = loop.cursors().after(lastCursor);
        }
    }

    /// Answers `exchange` with events from `position` on.
    static void begin(
            Exchange exchange, StreamReader reader, StreamInfo info, Offset position, long cursor) {
        Loop loop = exchange.loop();
        if (loop.isStopping()) {
            exchange.reply(Replies.stopping());
            return;
        }
        if (!loop.shared().waiters().take(1)) {
            exchange.reply(Replies.busy("the server has as many readers waiting as it takes"));
            return;
        }
        var encoding = SseFrames.Encoding.of(info.contentType());
        var stream = new EventStream(exchange, reader, info, position, cursor, encoding);
        exchange.await(stream);
        stream.catchUp();
    }

    // --- catching up ---

    private void catchUp() {
        if (state == State.OVER) {
            return;
        }
        state = State.CATCHING_UP;
        if (!sink.isWritable()) {
            state = State.BLOCKED;
            return;
        }
        if (reader.state() != StreamReader.State.LIVE) {
            end();
            return;
        }
        if (reader.isHot(position)) {
            read();
        } else if (!loop.shared().replyBytes().take(StreamReader.CHUNK_BYTES)) {
            end(); // too much is under way: the client comes back
        } else if (!loop.shared().workers().submit(this::readElsewhere)) {
            giveBack();
            end();
        }
    }

    private void giveBack() {
        loop.shared().replyBytes().give(StreamReader.CHUNK_BYTES);
    }

    private void read() {
        try {
            send(readFrom(position));
        } catch (InvalidOffsetException | IOException e) {
            failed(e);
        }
    }

    /// Reads and encodes on the worker's thread; the loop sends.
    private void readElsewhere() {
        try {
            SharedChunk chunk = readFrom(position);
            chunk.frame(usualCursor());
            if (!loop.run(() -> sendLong(chunk))) {
                chunk.release();
            }
        } catch (InvalidOffsetException | IOException | RuntimeException e) {
            giveBack();
            boolean _ = loop.run(() -> failed(e));
        }
    }

    private SharedChunk readFrom(Offset start) throws InvalidOffsetException, IOException {
        Chunk chunk = reader.read(start, null);
        return new SharedChunk(chunk, encoding);
    }

    /// Sends a chunk that counts as under way until the client has taken it.
    private void sendLong(SharedChunk chunk) {
        if (state == State.OVER) {
            giveBack();
        } else {
            longWrite = true;
        }
        send(chunk);
        if (longWrite) { // nothing was to be sent
            longWrite = false;
            giveBack();
        }
    }

    private void send(SharedChunk chunk) {
        try {
            if (state == State.OVER) {
                return;
            }
            boolean atTail = chunk.chunk().upToDate();
            if (chunk.hasEvent() || chunk.isEnd() || !greeted) {
                write(chunk);
            }
            if (chunk.isEnd()) {
                end();
            } else if (atTail) {
                waitForMore();
            } else {
                boolean _ = loop.run(this::catchUp); // others have their turn
            }
        } finally {
            chunk.release();
        }
    }

    private void waitForMore() {
        state = State.WAITING;
        loop.tailGroup(reader, streamId, position).join(this);
    }

    // --- at the tail ---

    @Override
    public void joined(TailGroup newGroup) {
        group = newGroup;
    }

    @Override
    public boolean take(SharedChunk chunk) {
        if (!sink.isWritable()) {
            state = State.BLOCKED;
            group = null;
            return false;
        }
        if (chunk.hasEvent() || chunk.isEnd()) {
            write(chunk);
        }
        if (chunk.isEnd()) {
            end();
            return false;
        }
        return true;
    }

    @Override
    public void fallBehind() {
        group = null;
        catchUp();
    }

    @Override
    public void ended(StreamReader.State reason) {
        end();
    }

    @Override
    public void failed(Exception cause) {
        LOGGER.warn("an event stream ended: {}", cause.getMessage());
        end();
    }

    // --- the channel ---

    @Override
    public void gone() {
        leave();
    }

    @Override
    public void writable() {
        if (state == State.BLOCKED) {
            catchUp();
        }
    }

    @Override
    public void over() {
        end();
    }

    private void write(SharedChunk chunk) {
        long current = usualCursor();
        // A client that is ahead of the clock, to get past what caches have, stays ahead.
        ChannelFuture written =
                lastCursor < current
                        ? sink.write(chunk.frame(current))
                        : sink.write(chunk.frame(current).data(), chunk.controlEvent(lastCursor));
        if (longWrite) {
            longWrite = false;
            written.addListener((ChannelFuture _) -> giveBack());
        }
        position = chunk.eventEnd();
        greeted = true;
        sink.flush();
    }

    private long usualCursor() {
        return loop.cursors().current();
    }

    private void end() {
        if (state == State.OVER) {
            return;
        }
        leave();
        sink.end();
        exchange.eventsOver();
    }

    private void leave() {
        if (state == State.OVER) {
            return;
        }
        state = State.OVER;
        exchange.awaitNoMore();
        loop.shared().waiters().give(1);
        TailGroup left = group;
        group = null;
        if (left != null) {
            left.leave(this);
        }
    }
}
