package dev.siltstone.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches over a connection of HTTP/2 that carries the channels of its streams.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no waiting for
final class Http2Connection extends ChannelInboundHandlerAdapter implements Timed {
    private static final Logger LOGGER = LoggerFactory.getLogger(Http2Connection.class);

    private final Loop loop;
    private final Http2FrameCodec codec;
    private final StalledWrites stalled;
    private @Nullable ChannelHandlerContext channel;
    private int since;

    Http2Connection(Loop loop, Http2FrameCodec codec) {
        this.loop = loop;
        this.codec = codec;
        this.stalled = new StalledWrites(loop.ticks(loop.shared().limits().stalledTimeout()));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context;
        since = loop.now();
        loop.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        loop.remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message); // settings, pings: the codec has seen to them
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOGGER.debug("a connection broke", cause);
        context.close();
    }

    @Override
    public boolean isOverdue(int tick) {
        ChannelHandlerContext context = channel;
        if (context == null) {
            return false;
        }
        if (codec.connection().numActiveStreams() > 0) {
            since = tick;
        }
        return stalled.areOverdue(context.channel(), tick)
                || tick - since > loop.ticks(loop.shared().limits().idleTimeout());
    }

    @Override
    public void expire() {
        if (channel != null) {
            channel.channel().close();
        }
    }

    /// Takes no more streams; those that are open may end.
    @Override
    public void stop() {
        expire();
    }
}
