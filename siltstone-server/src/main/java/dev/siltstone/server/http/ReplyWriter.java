package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// Writes answers in the manner that the request of the moment asked for: with a body or without, to a
/// client of which version, over a connection that goes on or ends. Over HTTP/1.1 an answer is written as
/// bytes, over a stream of HTTP/2 as messages for the codec.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
final class ReplyWriter {
    /// A longer body is not copied behind its head.
    private static final int COPIED_BYTES_MAX = 8 << 10;

    private static final byte[] VERSION = "HTTP/1.1 ".getBytes(US_ASCII);
    private static final byte[] END_OF_LINE = "\r\n".getBytes(US_ASCII);

    private final Loop loop;
    private final boolean multiplexed;
    private boolean persistent = true;
    private boolean oldVersion;
    private boolean headOnly;
    private boolean toBrowser = true;

    /// @param multiplexed whether the channel is a stream of HTTP/2, which ends by itself
    ReplyWriter(Loop loop, boolean multiplexed) {
        this.loop = loop;
        this.multiplexed = multiplexed;
    }

    /// Takes note of what the next answer must be like.
    void begin(HttpRequest head) {
        persistent = HttpUtil.isKeepAlive(head) && !loop.isStopping();
        oldVersion = !head.protocolVersion().isKeepAliveDefault();
        beginFor(head.method(), Fields.of(head.headers()));
    }

    /// Takes note of what the next answer must be like.
    void begin(PlainRequest request) {
        persistent = !loop.isStopping();
        oldVersion = false;
        beginFor(request.method(), request.fields());
    }

    /// A browser says where a POST comes from (Fetch standard, "append a request Origin header"), and no
    /// cache gives its answer to another; whatever may be cached is the same for all.
    private void beginFor(HttpMethod method, Fields fields) {
        headOnly = HttpMethod.HEAD.equals(method);
        toBrowser = !HttpMethod.POST.equals(method) || fields.count(HttpHeaderNames.ORIGIN) > 0;
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
    void askForBody(ChannelHandlerContext channel) {
        if (multiplexed) {
            channel.writeAndFlush(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, Replies.goAhead(), Unpooled.EMPTY_BUFFER));
            return;
        }
        HeadText head = begin(Replies.goAhead()).add(END_OF_LINE);
        ByteBuf out = channel.alloc().directBuffer(head.length());
        head.copyTo(out);
        channel.writeAndFlush(out);
    }

    /// Writes an answer that is complete; takes over its body.
    ///
    /// @param sent done when the client's side of the machine has taken it
    void write(ChannelHandlerContext channel, Reply reply, ChannelPromise sent) {
        StoredBody stored = reply.stored();
        if (stored != null && !headOnly) {
            write(channel, reply, stored, sent);
            return;
        }
        ByteBuf body = reply.body();
        if (!Replies.isWithoutBody(reply.status()) && !headOnly) {
            reply.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        if (headOnly) {
            reply.drop();
            body = Unpooled.EMPTY_BUFFER;
        }
        if (multiplexed) {
            channel.write(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            reply.status(),
                            body,
                            headers(reply),
                            EmptyHttpHeaders.INSTANCE),
                    sent);
        } else {
            write(channel, head(reply), body, sent);
        }
    }

    /// Sends an answer that is complete, if it is short; takes over its body. Only for HTTP/1.1, and where the
    /// channel need not do anything when it was sent.
    ///
    /// @return whether all is sent; otherwise it was written and is to be flushed
    boolean send(ChannelHandlerContext channel, Reply reply) {
        ByteBuf body = reply.body();
        if (reply.stored() != null || body.readableBytes() > COPIED_BYTES_MAX) {
            write(channel, reply, channel.voidPromise());
            return false;
        }
        HeadText head = completeHead(reply);
        ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : body;
        int sent = loop.directSends().send(channel.channel(), head, content);
        int unsent = head.length() + content.readableBytes() - sent;
        if (unsent > 0) {
            ByteBuf rest = channel.alloc().directBuffer(unsent);
            head.copyTo(rest, Math.min(sent, head.length()));
            int behind = Math.max(0, sent - head.length());
            rest.writeBytes(
                    content, content.readerIndex() + behind, content.readableBytes() - behind);
            channel.write(rest, channel.voidPromise());
        }
        body.release();
        return unsent == 0;
    }

    /// Completes the head of an answer whose body is known.
    private HeadText completeHead(Reply reply) {
        if (!Replies.isWithoutBody(reply.status()) && !headOnly) {
            reply.headers().set(HttpHeaderNames.CONTENT_LENGTH, reply.body().readableBytes());
        }
        return head(reply);
    }

    private void write(
            ChannelHandlerContext channel, Reply reply, StoredBody stored, ChannelPromise sent) {
        reply.headers().set(HttpHeaderNames.CONTENT_LENGTH, stored.length());
        HeadText head = head(reply);
        ByteBuf out = channel.alloc().directBuffer(head.length());
        head.copyTo(out);
        channel.write(out, channel.voidPromise());
        stored.write(channel, sent);
    }

    private static void write(
            ChannelHandlerContext channel, HeadText head, ByteBuf body, ChannelPromise sent) {
        boolean copied = body.readableBytes() <= COPIED_BYTES_MAX;
        ByteBuf out =
                channel.alloc().directBuffer(head.length() + (copied ? body.readableBytes() : 0));
        head.copyTo(out);
        if (copied) {
            out.writeBytes(body);
            body.release();
            channel.write(out, sent);
        } else {
            channel.write(out, channel.voidPromise());
            channel.write(body, sent);
        }
    }

    /// Writes the head of an event stream. Over HTTP/1.1 the connection ends with it, so the decoders can go
    /// at once.
    EventSink beginEvents(ChannelHandlerContext channel, Reply reply) {
        persistent = false;
        if (multiplexed) {
            channel.write(
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), headers(reply)));
            return new EventSink.Multiplexed(loop, channel);
        }
        boolean chunked = !oldVersion;
        if (chunked) {
            reply.with(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        write(channel, head(reply), Unpooled.EMPTY_BUFFER, channel.newPromise());
        channel.pipeline().remove(PlainRequestDecoder.class);
        channel.pipeline().remove(StrictRequestDecoder.class);
        return new EventSink.Plain(loop, channel, chunked);
    }

    /// Completes the header fields of an answer, for a codec.
    private HttpHeaders headers(Reply reply) {
        reply.headers().set(HttpHeaderNames.DATE, loop.date());
        HttpHeaders headers = reply.headers().forCodec();
        loop.shared().browserHeaders().addTo(headers);
        return headers;
    }

    /// Completes the head of an answer.
    private HeadText head(Reply reply) {
        ReplyHeaders headers = reply.headers();
        headers.set(HttpHeaderNames.DATE, loop.date());
        if (!persistent) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (oldVersion) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        HeadText head = begin(reply.status());
        headers.addTo(head);
        BrowserHeaders browser = loop.shared().browserHeaders();
        return head.add(toBrowser ? browser.encoded() : browser.encodedForOthers())
                .add(END_OF_LINE);
    }

    private HeadText begin(HttpResponseStatus status) {
        return loop.headText()
                .clear()
                .add(VERSION)
                .add(status.codeAsText())
                .add(" ")
                .add(status.reasonPhrase())
                .add(END_OF_LINE);
    }
}
