package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Gives short answers to the system at once, past the queue of their channel: putting an answer into a buffer
/// of its own, queueing and flushing it costs half as much again as putting it together.
///
/// Not thread-safe; owned by an event loop.
final class DirectSends {
    static final int BYTES_MAX = 16 << 10;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES_MAX);

    /// Sends a head and what is readable of `body`, if nothing waits to be sent before.
    ///
    /// @return how many bytes the system took. 0 also if this cannot send, or the connection is broken, which
    ///     shows again when the channel writes
    int send(Channel channel, HeadText head, ByteBuf body) {
        int length = head.length() + body.readableBytes();
        if (length > BYTES_MAX
                || !(channel instanceof EpollSocketChannel epoll)
                || !(epoll.fd() instanceof Socket socket)
                || !isIdle(epoll)) {
            return 0;
        }
        bytes.clear();
        head.copyTo(bytes);
        if (body.isReadable()) {
            body.getBytes(body.readerIndex(), bytes.limit(length));
        }
        try {
            return socket.send(bytes, 0, length);
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean isIdle(Channel channel) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.totalPendingWriteBytes() == 0;
    }
}
