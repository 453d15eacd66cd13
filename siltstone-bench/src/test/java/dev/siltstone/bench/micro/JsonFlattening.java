package dev.siltstone.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.stream.InvalidJsonException;
import dev.siltstone.stream.Payload;
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

/// A JSON body checked and taken apart into messages.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonFlattening {
    @Param({"1x100", "1x1024", "100x100"})
    private String shape;

    private ByteBuffer body;

    @Setup
    public void build() {
        int times = shape.indexOf('x');
        int count = Integer.parseInt(shape.substring(0, times));
        int bytes = Integer.parseInt(shape.substring(times + 1));
        String start =
                "{\"id\":12345,\"name\":\"a stream\",\"tags\":[\"a\",\"b\"],\"ok\":true,\"fill\":\"";
        String message = start + "y".repeat(bytes - start.length() - 2) + "\"}";
        String all = String.join(",", java.util.Collections.nCopies(count, message));
        body = ByteBuffer.wrap((count == 1 ? all : "[" + all + "]").getBytes(UTF_8));
    }

    @Benchmark
    public Payload flatten() throws InvalidJsonException {
        return Payload.ofJson(body.duplicate());
    }
}
