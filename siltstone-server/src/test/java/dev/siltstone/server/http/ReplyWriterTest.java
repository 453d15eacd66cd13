package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Answers over a real connection, whose client reads when the test wants it to.
class ReplyWriterTest {
    private static final int BODY_BYTES = 3000;
    private static final int ANSWERS_MAX = 100_000;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Loop loop =
            new Loop(
                    group.next(),
                    Shared.of(
                            null,
                            HttpLimits.defaults(),
                            Access.OPEN,
                            InstantSource.system(),
                            "*",
                            "test"),
                    new SplittableRandom(1));
    private final CompletableFuture<ChannelHandlerContext> accepted = new CompletableFuture<>();
    private Channel server;
    private Socket client;

    @BeforeEach
    void connect() throws IOException {
        assumeTrue(Epoll.isAvailable());
        server =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .childOption(ChannelOption.SO_SNDBUF, 16 << 10)
                        .childHandler(
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelActive(ChannelHandlerContext context) {
                                        accepted.complete(context);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .syncUninterruptibly()
                        .channel();
        client = new Socket();
        client.setReceiveBufferSize(16 << 10);
        client.connect(server.localAddress());
    }

    @AfterEach
    void disconnect() throws IOException {
        if (client != null) {
            client.close();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void sendsEverythingInOrderToAClientThatReadsLate() throws Exception {
        ChannelHandlerContext channel = accepted.join();
        int answers = channel.executor().submit(() -> answerUntilFull(channel)).get();

        // The first that the system did not take whole, and three that had to wait for it.
        assertThat(answers).isBetween(4, ANSWERS_MAX - 1);
        InputStream in = client.getInputStream();
        for (int i = 0; i < answers; i++) {
            String head = head(in);
            assertThat(head)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .containsIgnoringCase("\r\ncontent-length: " + BODY_BYTES + "\r\n");
            assertThat(new String(in.readNBytes(BODY_BYTES), US_ASCII)).isEqualTo(body(i));
        }
        channel.channel().close().sync();
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void saysThatNothingWasSentOverABrokenConnection() throws Exception {
        ChannelHandlerContext channel = accepted.join();
        client.close();
        channel.channel().closeFuture().sync();

        assertThat(channel.executor().submit(() -> writer().send(channel, reply(0))).get())
                .isFalse();
    }

    private int answerUntilFull(ChannelHandlerContext channel) {
        ReplyWriter writer = writer();
        int answers = 0;
        int late = 0;
        while (late < 4 && answers < ANSWERS_MAX) {
            late += writer.send(channel, reply(answers++)) ? 0 : 1;
        }
        channel.flush();
        return answers;
    }

    private ReplyWriter writer() {
        return new ReplyWriter(loop, false);
    }

    private static Reply reply(int number) {
        return new Reply(HttpResponseStatus.OK, Unpooled.copiedBuffer(body(number), US_ASCII));
    }

    private static String body(int number) {
        return "%-3000d".formatted(number);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("after '%s'", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
