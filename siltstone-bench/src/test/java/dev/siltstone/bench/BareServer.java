package dev.siltstone.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Netty and nothing else: writes each body to a file, forces it and answers 204. How soon a server of this kind can
/// have acknowledged its first append at all. For `bench/compare start`; never part of the program.
///
/// `java -cp siltstone.jar:test-classes dev.siltstone.bench.BareServer DIRECTORY PORT`
final class BareServer {
    private static final int BODY_BYTES_MAX = 1 << 20;

    private BareServer() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[0]));
        FileChannel file =
                FileChannel.open(
                        directory.resolve("appends"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new HttpServerCodec(),
                                                new HttpObjectAggregator(BODY_BYTES_MAX),
                                                new Keeper(file));
                            }
                        })
                .bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])))
                .syncUninterruptibly();
    }

    private static final class Keeper extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final FileChannel file;

        Keeper(FileChannel file) {
            this.file = file;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
                throws IOException {
            request.content().readBytes(file, file.size(), request.content().readableBytes());
            file.force(false);
            DefaultFullHttpResponse reply =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT);
            reply.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            context.writeAndFlush(reply);
        }
    }
}
