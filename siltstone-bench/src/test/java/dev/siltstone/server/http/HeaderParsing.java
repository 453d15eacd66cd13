package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.siltstone.stream.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// From the bytes of an append to the command for the log.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderParsing {
    @Param({"plain", "producer"})
    private String headers;

    private MultiThreadIoEventLoopGroup group;
    private EmbeddedChannel channel;
    private ByteBuf bytes;
    private final ByteBuffer body = ByteBuffer.wrap(new byte[100]);

    @Setup
    public void start() {
        String producer =
                headers.equals("producer")
                        ? "Producer-Id: writer-17\r\nProducer-Epoch: 3\r\nProducer-Seq: 12345\r\n"
                        : "";
        String request =
                "POST /v1/stream/orders/2026 HTTP/1.1\r\nHost: 127.0.0.1:4437\r\n"
                        + "Content-Type: application/octet-stream\r\n"
                        + producer
                        + "Content-Length: 100\r\n\r\n"
                        + "x".repeat(100);
        bytes =
                Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer().writeBytes(request.getBytes(US_ASCII)));
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Loop loop = NoopServer.loop(group);
        channel = new EmbeddedChannel(new StrictRequestDecoder(new ExchangeHandler(loop, false)));
    }

    @TearDown
    public void stop() {
        channel.finishAndReleaseAll();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Benchmark
    public Command append() throws Exception {
        channel.writeInbound(bytes.duplicate());
        Command command = null;
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            if (part instanceof HttpRequest head) {
                Request request = Request.of(head);
                command = CommandReader.append(request, "orders/2026", body.duplicate());
            }
            ReferenceCountUtil.release(part);
        }
        return command;
    }
}
