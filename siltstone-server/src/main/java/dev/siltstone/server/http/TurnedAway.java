package dev.siltstone.server.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Answers whatever comes first over a connection that is one too many, and closes it.
///
/// Not thread-safe; owned by an event loop.
final class TurnedAway extends ChannelInboundHandlerAdapter {
    private static final long SILENCE_SECONDS_MAX = 2;

    private boolean answered;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Runnable close =
                () -> {
                    var _ = context.close();
                };
        var _ = context.executor().schedule(close, SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
        if (answered) {
            return;
        }
        answered = true;
        Reply reply = Replies.busy("the server has as many connections as it takes");
        HttpHeaders headers = reply.headers();
        headers.set(HttpHeaderNames.CONTENT_LENGTH, reply.body().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(
                        new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                reply.status(),
                                reply.body(),
                                headers,
                                EmptyHttpHeaders.INSTANCE))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
