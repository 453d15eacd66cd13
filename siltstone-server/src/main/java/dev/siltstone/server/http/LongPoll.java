package dev.siltstone.server.http;

import dev.siltstone.stream.ContentTypes;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StreamInfo;
import dev.siltstone.stream.StreamReader;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request that waits at the tail of a stream for one answer: data, the end of the stream, or that
/// nothing came in time.
///
/// Not thread-safe; owned by an event loop.
final class LongPoll implements TailGroup.Member, Exchange.Waiting {
    private final Exchange exchange;
    private final StreamReader reader;
    private final Offset position;
    private final long sentCursor;
    private @Nullable TailGroup group;
    private @Nullable Future<?> timeout;
    private boolean over;

    private LongPoll(Exchange exchange, StreamReader reader, Offset position, long sentCursor) {
        this.exchange = exchange;
        this.reader = reader;
        this.position = position;
        this.sentCursor = sentCursor;
    }

    /// Has the answer to `exchange` wait for what comes after `position`, which is the tail.
    static void begin(
            Exchange exchange, StreamReader reader, StreamInfo info, Offset position, long cursor) {
        Loop loop = exchange.loop();
        if (loop.isStopping()) {
            exchange.reply(Replies.nothingYet(position, false, loop.cursors().after(cursor)));
            return;
        }
        if (!loop.shared().waiters().take(1)) {
            exchange.reply(Replies.busy("the server has as many readers waiting as it takes"));
            return;
        }
        var poll = new LongPoll(exchange, reader, position, cursor);
        exchange.await(poll);
        poll.timeout =
                loop.eventLoop()
                        .schedule(
                                poll::over,
                                loop.shared().limits().longPollTimeout().toMillis(),
                                TimeUnit.MILLISECONDS);
        loop.tailGroup(reader, info.streamId(), position).join(poll);
    }

    @Override
    public void joined(TailGroup newGroup) {
        group = newGroup;
    }

    @Override
    public boolean take(SharedChunk chunk) {
        if (chunk.chunk().length() == 0) {
            answer(Replies.nothingYet(chunk.chunk().next(), chunk.isEnd(), cursor()));
        } else {
            StreamInfo info = reader.info();
            boolean json = ContentTypes.isJson(info.contentType());
            ByteBuf body = ChunkBodies.of(chunk.chunk().bytes(), json);
            answer(replies().polled(info, chunk.chunk(), body, cursor()));
        }
        return false;
    }

    @Override
    public void fallBehind() {
        end();
        Reads.poll(exchange, reader, position, sentCursor);
    }

    @Override
    public void ended(StreamReader.State state) {
        answer(Replies.absent(state));
    }

    @Override
    public void failed(Exception cause) {
        answer(Replies.unreadable(cause));
    }

    @Override
    public void gone() {
        end();
    }

    @Override
    public void writable() {}

    @Override
    public void over() {
        if (!over) {
            answer(Replies.nothingYet(position, false, cursor()));
        }
    }

    private Replies replies() {
        return exchange.loop().shared().replies();
    }

    private long cursor() {
        return exchange.loop().cursors().after(sentCursor);
    }

    private void answer(Reply reply) {
        end();
        exchange.reply(reply);
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        exchange.awaitNoMore();
        exchange.loop().shared().waiters().give(1);
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (group != null) {
            group.leave(this);
        }
    }
}
