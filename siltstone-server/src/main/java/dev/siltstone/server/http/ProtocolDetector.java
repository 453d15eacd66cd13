package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks at the first bytes of a connection: HTTP/2 begins with a preface (RFC 9113, section 3.4),
/// anything else is HTTP/1.1. Then makes room for the handlers of that protocol.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no waiting for
final class ProtocolDetector extends ByteToMessageDecoder implements Timed {
    private final Loop loop;
    private @Nullable Channel channel;
    private int since;

    ProtocolDetector(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        since = loop.now();
        loop.add(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        loop.remove(this);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        try {
            int length = Math.min(in.readableBytes(), preface.readableBytes());
            if (!startsAlike(in, preface, length)) {
                Pipelines.http1(context.pipeline(), loop);
            } else if (length < preface.readableBytes()) {
                return;
            } else {
                Pipelines.http2(context.pipeline(), loop);
            }
        } finally {
            preface.release();
        }
        context.pipeline().remove(this); // what was read goes to the next handler
    }

    private static boolean startsAlike(ByteBuf in, ByteBuf preface, int length) {
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != preface.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isOverdue(int tick) {
        return tick - since > loop.ticks(loop.shared().limits().requestTimeout());
    }

    @Override
    public void expire() {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void stop() {
        expire();
    }
}
