package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/// Where the events of one reader go. The head of the answer was sent before.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
abstract sealed class EventSink {
    private static final ByteBuf CRLF = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    final Loop loop;
    final ChannelHandlerContext channel;

    private EventSink(Loop loop, ChannelHandlerContext channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /// Writes events that are this reader's alone: what many share, and what it has for itself. Takes
    /// over one reference of each.
    ///
    /// @return done when the client's side of the machine has taken them
    abstract ChannelFuture write(ByteBuf sharedPart, ByteBuf ownPart);

    /// Writes events that are the same for many readers.
    ///
    /// @return done when the client's side of the machine has taken them
    abstract ChannelFuture write(SharedChunk.Frame frame);

    /// Ends the answer.
    abstract void end();

    boolean isWritable() {
        return channel.channel().isWritable();
    }

    void flush() {
        loop.flush(channel);
    }

    private static ByteBuf chunkHead(int length) {
        ByteBuf head = Unpooled.buffer(10);
        ByteBufUtil.writeAscii(head, Integer.toHexString(length));
        return head.writeByte('\r').writeByte('\n');
    }

    /// Over HTTP/1.1 without a codec: an idle reader then costs little more than its socket.
    static final class Plain extends EventSink {
        private final boolean chunked;

        Plain(Loop loop, ChannelHandlerContext channel, boolean chunked) {
            super(loop, channel);
            this.chunked = chunked;
        }

        @Override
        ChannelFuture write(ByteBuf sharedPart, ByteBuf ownPart) {
            if (chunked) {
                channel.write(chunkHead(sharedPart.readableBytes() + ownPart.readableBytes()));
            }
            channel.write(sharedPart);
            ChannelFuture last = channel.write(ownPart);
            return chunked ? channel.write(CRLF.duplicate()) : last;
        }

        @Override
        ChannelFuture write(SharedChunk.Frame frame) {
            return channel.write(chunked ? frame.chunked() : frame.plain());
        }

        @Override
        void end() {
            if (chunked) {
                channel.write(LAST_CHUNK.duplicate());
            }
        }
    }

    /// Over a stream of HTTP/2.
    static final class Multiplexed extends EventSink {
        Multiplexed(Loop loop, ChannelHandlerContext channel) {
            super(loop, channel);
        }

        @Override
        ChannelFuture write(ByteBuf sharedPart, ByteBuf ownPart) {
            return channel.write(
                    new DefaultHttpContent(Unpooled.wrappedBuffer(sharedPart, ownPart)));
        }

        @Override
        ChannelFuture write(SharedChunk.Frame frame) {
            return channel.write(new DefaultHttpContent(frame.plain()));
        }

        @Override
        void end() {
            channel.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer()
                        .writeBytes(text.getBytes(StandardCharsets.US_ASCII))
                        .asReadOnly());
    }
}
