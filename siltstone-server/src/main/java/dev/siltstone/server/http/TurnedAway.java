package dev.siltstone.server.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Answers whatever comes first over a connection that is one too many, and closes it.
///
/// Not thread-safe; owned by an event loop.
final class TurnedAway extends ChannelInboundHandlerAdapter {
    private static final long SILENCE_SECONDS_MAX = 2;

    private final Loop loop;
    private boolean answered;

    TurnedAway(Loop loop) {
        this.loop = loop;
    }

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
        ReplyWriter writer = new ReplyWriter(loop, false);
        writer.endAfterNext();
        ChannelPromise sent = context.newPromise();
        writer.write(context, Replies.busy("the server has as many connections as it takes"), sent);
        sent.addListener(ChannelFutureListener.CLOSE);
        context.flush();
    }
}
