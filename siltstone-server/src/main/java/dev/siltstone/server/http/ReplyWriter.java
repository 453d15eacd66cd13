package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// Writes answers in the manner that the request of the moment asked for: with a body or without, to a
/// client of which version, over a connection that goes on or ends.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
final class ReplyWriter {
    private final Loop loop;
    private final boolean multiplexed;
    private boolean persistent = true;
    private boolean oldVersion;
    private boolean headOnly;

    /// @param multiplexed whether the channel is a stream of HTTP/2, which ends by itself
    ReplyWriter(Loop loop, boolean multiplexed) {
        this.loop = loop;
        this.multiplexed = multiplexed;
    }

    /// Takes note of what the next answer must be like.
    void begin(HttpRequest head) {
        persistent = HttpUtil.isKeepAlive(head) && !loop.isStopping();
        oldVersion = !head.protocolVersion().isKeepAliveDefault();
        headOnly = HttpMethod.HEAD.equals(head.method());
    }

    /// Has the connection end with the next answer.
    void endAfterNext() {
        persistent = false;
    }

    /// Says whether the connection ends with the next answer.
    boolean isLast() {
        return !persistent && !multiplexed;
    }

    /// Asks for the body that the client holds back.
    static void askForBody(ChannelHandlerContext channel) {
        channel.writeAndFlush(
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, Replies.goAhead(), Unpooled.EMPTY_BUFFER));
    }

    /// Writes an answer that is complete; takes over its body.
    ChannelFuture write(ChannelHandlerContext channel, Reply reply) {
        HttpHeaders headers = head(reply);
        StoredBody stored = reply.stored();
        if (stored != null) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, stored.length());
            channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), headers));
            return stored.write(channel);
        }
        ByteBuf body = reply.body();
        if (!Replies.isWithoutBody(reply.status()) && !headOnly) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        if (headOnly) {
            reply.drop();
            body = Unpooled.EMPTY_BUFFER;
        }
        return channel.write(
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        reply.status(),
                        body,
                        headers,
                        EmptyHttpHeaders.INSTANCE));
    }

    /// Writes the head of an event stream. Over HTTP/1.1 the connection ends with it, so the codec can go
    /// at once.
    EventSink beginEvents(ChannelHandlerContext channel, Reply reply) {
        persistent = false;
        HttpHeaders headers = head(reply);
        boolean chunked = !multiplexed && !oldVersion;
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), headers));
        if (multiplexed) {
            return new EventSink.Multiplexed(loop, channel);
        }
        channel.pipeline().remove(StrictRequestDecoder.class);
        channel.pipeline().remove(ReplyEncoder.class);
        return new EventSink.Plain(loop, channel, chunked);
    }

    /// Completes the header fields of an answer.
    private HttpHeaders head(Reply reply) {
        HttpHeaders headers = reply.headers();
        headers.set(HttpHeaderNames.DATE, loop.date());
        if (multiplexed) {
            loop.shared().browserHeaders().addTo(headers);
        } else if (!persistent) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (oldVersion) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return headers;
    }
}
