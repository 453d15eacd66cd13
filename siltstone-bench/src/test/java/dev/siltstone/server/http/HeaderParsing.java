package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.siltstone.stream.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/// From the bytes of an append to the command for the log.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderParsing {
    @Param({"plain", "producer"})
    private String headers;

    private final PlainRequestParser parser = new PlainRequestParser();
    private ByteBuf bytes;
    private int length;
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
        length = request.length();
        bytes =
                Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer().writeBytes(request.getBytes(US_ASCII)));
    }

    @Benchmark
    public Command append() throws Exception {
        PlainRequest plain = parser.parse(bytes.setIndex(0, length));
        Request request = Request.of(plain.method(), plain.uri(), plain.fields());
        return CommandReader.append(request, "orders/2026", body.duplicate());
    }
}
