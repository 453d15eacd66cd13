package dev.siltstone.server.http;

import dev.siltstone.stream.StreamLog;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Listens on one port and serves a log there: HTTP/1.1, and HTTP/2 by prior knowledge.
///
/// Thread-safe.
public final class HttpListener {
    private static final int BACKLOG = 4096;
    private static final int WRITE_BYTES_LOW = 64 << 10;
    private static final int WRITE_BYTES_HIGH = 256 << 10;

    private final EventLoopGroup group;
    private final Map<EventLoop, Loop> loops;
    private final Channel channel;

    private HttpListener(EventLoopGroup group, Map<EventLoop, Loop> loops, Channel channel) {
        this.group = group;
        this.loops = loops;
        this.channel = channel;
    }

    /// Begins to listen.
    ///
    /// @param eventLoops how many threads serve connections
    /// @param version told to who asks for the server's health
    /// @throws IOException if the address cannot be had; nothing is left open
    public static HttpListener start(
            StreamLog log,
            InetSocketAddress address,
            int eventLoops,
            HttpLimits limits,
            Access access,
            String corsOrigin,
            String version,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        Shared shared = Shared.of(log, limits, access, clock, corsOrigin, version);
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        eventLoops, new DefaultThreadFactory("siltstone-loop"), io);
        Map<EventLoop, Loop> loops = loops(group, shared, random);
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(serverChannel(epoll))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, StoredBody.SIZES)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(WRITE_BYTES_LOW, WRITE_BYTES_HIGH))
                        .childHandler(connections(loops, shared));
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            IOException unusable =
                    new BindException(
                            "cannot listen on " + text(address) + ": " + reason(bound.cause()));
            unusable.initCause(bound.cause());
            throw unusable;
        }
        // One hook for all loops; a loop that led the batch is served without a task.
        log.afterBatch(() -> loops.values().forEach(Loop::deliver));
        loops.values().forEach(Loop::start);
        return new HttpListener(group, loops, bound.channel());
    }

    private static Class<? extends ServerChannel> serverChannel(boolean epoll) {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static Map<EventLoop, Loop> loops(
            EventLoopGroup group, Shared shared, RandomGenerator random) {
        Map<EventLoop, Loop> loops = new HashMap<>();
        for (EventExecutor executor : group) {
            if (executor instanceof EventLoop eventLoop) {
                var ownRandom = new SplittableRandom(random.nextLong());
                loops.put(eventLoop, new Loop(eventLoop, shared, ownRandom));
            }
        }
        return loops;
    }

    private static ChannelInitializer<Channel> connections(
            Map<EventLoop, Loop> loops, Shared shared) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Loop loop = loops.get(channel.eventLoop());
                if (loop == null || loop.isStopping()) {
                    var _ = channel.close();
                } else if (shared.connections().take(1)) {
                    channel.closeFuture()
                            .addListener((ChannelFuture _) -> shared.connections().give(1));
                    channel.pipeline().addLast(new ProtocolDetector(loop));
                } else if (shared.turnedAway().take(1)) {
                    channel.closeFuture()
                            .addListener((ChannelFuture _) -> shared.turnedAway().give(1));
                    channel.pipeline().addLast(new TurnedAway(loop));
                } else {
                    var _ = channel.close();
                }
            }
        };
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /// Returns where it listens; the port is the real one.
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /// Takes no more connections, ends those that are open as soon as their requests are answered, and
    /// after `timeout` in any case.
    public void stop(Duration timeout) {
        channel.close().awaitUninterruptibly();
        List<Future<Void>> ends = new ArrayList<>();
        for (Loop loop : loops.values()) {
            if (!loop.eventLoop().isShuttingDown()) {
                ends.add(loop.stop());
            }
        }
        long left = timeout.toMillis();
        for (Future<Void> end : ends) {
            end.awaitUninterruptibly(left); // all at once: the later ones have waited as well
            if (!end.isDone()) {
                left = 0;
            }
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
