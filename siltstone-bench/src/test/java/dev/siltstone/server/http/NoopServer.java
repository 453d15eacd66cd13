package dev.siltstone.server.http;

import dev.siltstone.stream.Offset;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Answers 204 to everything, with the server's own pipeline and parser but without a log: how fast appends
/// could be if keeping them cost nothing. For `bench/compare`; never part of the program.
///
/// `java -cp siltstone.jar:test-classes dev.siltstone.server.http.NoopServer PORT`
final class NoopServer {
    private static final int BACKLOG = 4096;

    private NoopServer() {}

    public static void main(String[] args) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Loop loop = loop(group);
        loop.start();
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                var decoder =
                                        new StrictRequestDecoder(new ExchangeHandler(loop, false));
                                var noop = new Noop(loop);
                                channel.pipeline()
                                        .addLast(
                                                new PlainRequestDecoder(
                                                        loop.plainRequests(), decoder, noop),
                                                decoder,
                                                noop);
                            }
                        })
                .bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
                .syncUninterruptibly();
    }

    /// Returns a loop whose channels never reach a log.
    static Loop loop(EventLoopGroup group) {
        Shared shared =
                Shared.of(
                        null,
                        HttpLimits.defaults(),
                        Access.OPEN,
                        InstantSource.system(),
                        "*",
                        "no-op");
        return new Loop(group.next(), shared, new SplittableRandom(1));
    }

    private static final class Noop extends ChannelInboundHandlerAdapter
            implements PlainRequestDecoder.Taker {
        private final ReplyWriter writer;
        private @Nullable ChannelHandlerContext channel;
        private int due;

        Noop(Loop loop) {
            this.writer = new ReplyWriter(loop, false);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context;
        }

        @Override
        public boolean takesNext() {
            return true;
        }

        @Override
        public void take(PlainRequest plain) {
            writer.begin(plain);
            try {
                Request.of(plain.method(), plain.uri(), plain.fields());
            } catch (BadRequestException e) {
                throw new IllegalArgumentException(e);
            }
            due++;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            try {
                if (message instanceof HttpRequest head) {
                    writer.begin(head);
                    Request.of(head);
                }
                if (message instanceof LastHttpContent) {
                    due++;
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        /// As after a batch: what arrived in one pass is answered when it is over.
        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            boolean sent = true;
            for (; due > 0; due--) {
                Reply reply =
                        new Reply(HttpResponseStatus.NO_CONTENT)
                                .with(HeaderNames.STREAM_NEXT_OFFSET, new Offset(1, 100));
                sent &= writer.send(channel, reply);
            }
            if (!sent) {
                context.flush();
            }
        }
    }
}
