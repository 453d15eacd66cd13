package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the parser of plain requests takes, the decoder of all requests takes too, and to the same.
/// `-Dsiltstone.plain.seed=N` runs one seed; `-Dsiltstone.plain.seeds=N` so many.
class PlainRequestTest {
    private static final int SEEDS = Integer.getInteger("siltstone.plain.seeds", 10);

    private static final List<String> NAMES =
            List.of(
                    "host",
                    "content-type",
                    "content-length",
                    "connection",
                    "transfer-encoding",
                    "expect",
                    "producer-id",
                    "producer-seq",
                    "stream-closed",
                    "origin",
                    "if-none-match",
                    "x-other");

    private static final List<String> VALUES =
            List.of(
                    "a",
                    "3",
                    "0",
                    "03",
                    "+3",
                    "3,3",
                    "999999",
                    "9999999",
                    "chunked",
                    "keep-alive",
                    "Keep-Alive",
                    "close",
                    "keep-alive, upgrade",
                    "100-continue",
                    "text/plain; charset=utf-8",
                    "two words",
                    " both ends  ",
                    "\ttab",
                    "a\tb",
                    "",
                    "é",
                    "a\u0000b",
                    "a\rb",
                    "\"q\"");

    private static final List<String> LINES =
            List.of(
                    "POST /v1/stream/a HTTP/1.1",
                    "POST /v1/stream/a HTTP/1.1",
                    "POST /v1/stream/a HTTP/1.1",
                    "GET /v1/stream/a?offset=-1 HTTP/1.1",
                    "PUT / HTTP/1.1",
                    "HEAD /v1/stream/%20 HTTP/1.1",
                    "DELETE /x HTTP/1.1",
                    "OPTIONS /x HTTP/1.1",
                    "POST  /x HTTP/1.1",
                    "POST /x  HTTP/1.1",
                    "POST\t/x HTTP/1.1",
                    "POST /x HTTP/1.0",
                    "POST /x HTTP/1.2",
                    "POST /x http/1.1",
                    "post /x HTTP/1.1",
                    "POST /é HTTP/1.1",
                    "POST x HTTP/1.1",
                    "POST http://h/x HTTP/1.1",
                    "POST /x",
                    " POST /x HTTP/1.1");

    /// What one request is, however it was understood.
    private record Seen(String line, List<String> fields, String body) {}

    /// Takes requests from both sides and writes down what they are.
    private static final class Recorder extends ChannelInboundHandlerAdapter
            implements PlainRequestDecoder.Taker {
        private final List<Object> seen = new ArrayList<>();
        private @Nullable HttpRequest head;
        private final StringBuilder body = new StringBuilder();
        private int plain;

        @Override
        public boolean takesNext() {
            return true;
        }

        @Override
        public void take(PlainRequest request) {
            plain++;
            String content =
                    new String(
                            request.bytes(), request.bodyStart(), request.bodyLength(), ISO_8859_1);
            seen.add(
                    new Seen(
                            request.method() + " " + request.uri(), of(request.fields()), content));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                if (message instanceof HttpRequest request) {
                    head = request;
                    body.setLength(0);
                    failed(request.decoderResult().isFailure());
                }
                if (message instanceof HttpContent content) {
                    body.append(content.content().toString(ISO_8859_1));
                    failed(content.decoderResult().isFailure());
                }
                if (message instanceof LastHttpContent && head != null) {
                    String line = head.method() + " " + head.uri();
                    String version = head.protocolVersion().text();
                    seen.add(
                            new Seen(
                                    version.equals("HTTP/1.1") ? line : line + " " + version,
                                    of(Fields.of(head.headers())),
                                    body.toString()));
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void failed(boolean failed) {
            if (failed) {
                seen.add("failed");
                head = null;
            }
        }

        private static List<String> of(Fields fields) {
            List<String> all = new ArrayList<>();
            for (String name : NAMES) {
                AsciiString ascii = new AsciiString(name);
                List<String> values = fields.getAll(ascii);
                assertThat(fields.count(ascii)).isEqualTo(values.size());
                assertThat(fields.get(ascii))
                        .isEqualTo(values.isEmpty() ? null : values.getFirst());
                values.forEach(value -> all.add(name + "=" + value));
            }
            return all;
        }
    }

    private static Recorder record(boolean withPlain, byte[]... parts) {
        var channel = new EmbeddedChannel();
        var shared =
                Shared.of(
                        null,
                        HttpLimits.defaults(),
                        Access.OPEN,
                        InstantSource.system(),
                        "*",
                        "test");
        var loop = new Loop(channel.eventLoop(), shared, new SplittableRandom(1));
        var decoder = new StrictRequestDecoder(new ExchangeHandler(loop, false));
        var recorder = new Recorder();
        if (withPlain) {
            channel.pipeline()
                    .addLast(new PlainRequestDecoder(loop.plainRequests(), decoder, recorder));
        }
        channel.pipeline().addLast(decoder, recorder);
        for (byte[] part : parts) {
            channel.writeInbound(Unpooled.copiedBuffer(part));
        }
        channel.finishAndReleaseAll();
        return recorder;
    }

    private static byte[][] cut(byte[] bytes, int at) {
        return new byte[][] {
            java.util.Arrays.copyOf(bytes, at),
            java.util.Arrays.copyOfRange(bytes, at, bytes.length)
        };
    }

    @Test
    void isTakenToTheSameWhereverItsBytesAreCut() {
        long first = Long.getLong("siltstone.plain.seed", 1);
        long end = System.getProperty("siltstone.plain.seed") == null ? first + SEEDS : first + 1;
        int plain = 0;
        for (long seed = first; seed < end; seed++) {
            byte[] bytes = requests(new SplittableRandom(seed)).getBytes(ISO_8859_1);
            List<Object> expected = record(false, bytes).seen;
            for (int at = 0; at <= bytes.length; at++) {
                Recorder both = record(true, cut(bytes, at));
                plain += both.plain;
                assertThat(both.seen)
                        .as("seed %d, cut at %d (-Dsiltstone.plain.seed=%d)", seed, at, seed)
                        .isEqualTo(expected);
            }
        }
        assertThat(plain).as("requests that were plain").isGreaterThan((int) (end - first));
    }

    /// One to three requests, most of them with at most one oddity.
    private static String requests(RandomGenerator random) {
        StringBuilder text = new StringBuilder();
        for (int count = random.nextInt(3); count >= 0; count--) {
            boolean odd = random.nextInt(3) == 0;
            text.append(odd ? oneOf(LINES, random) : LINES.getFirst()).append(end(random, odd));
            text.append("Host: h").append(end(random, odd));
            int fields = random.nextInt(4);
            for (int i = 0; i < fields; i++) {
                text.append(field(random, odd)).append(end(random, odd));
            }
            int length = random.nextInt(6);
            text.append(random.nextBoolean() ? "Content-Length: " : "content-length:")
                    .append(length)
                    .append(end(random, odd));
            text.append(end(random, odd)).append("b".repeat(length));
        }
        return text.toString();
    }

    private static String field(RandomGenerator random, boolean odd) {
        if (!odd) {
            return "Producer-Seq: " + random.nextInt(100);
        }
        String name = oneOf(NAMES, random);
        String colon = random.nextInt(8) == 0 ? " :" : random.nextBoolean() ? ":" : ": ";
        String folded = random.nextInt(12) == 0 ? "\r\n more" : "";
        return (random.nextInt(12) == 0 ? "bad name" : name)
                + colon
                + oneOf(VALUES, random)
                + folded;
    }

    private static String end(RandomGenerator random, boolean odd) {
        return odd && random.nextInt(24) == 0 ? "\n" : "\r\n";
    }

    private static String oneOf(List<String> all, RandomGenerator random) {
        return all.get(random.nextInt(all.size()));
    }

    @Test
    void isTakenWhenAClientSendsWhatClientsSend() {
        assertThat(
                        plain(
                                "POST /v1/stream/a HTTP/1.1\r\nHost: localhost:4437\r\nUser-Agent: curl/8.5.0\r\n"
                                        + "Accept: */*\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"))
                .isNotNull();
        assertThat(plain("GET /v1/stream/a?offset=-1 HTTP/1.1\r\nHost: h\r\n\r\n")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /x HTTP/1.1\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
                "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
                "POST /x HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n",
                "POST /x HTTP/1.1\nHost: a\n\n",
                "POST /x HTTP/1.1\r\nHost: a\r\n"
            })
    void isNotTakenIfAnythingIsUnusual(String request) {
        assertThat(plain(request)).isNull();
    }

    @Test
    void isNotTakenIfItsHeadIsLong() {
        String head = "POST /x HTTP/1.1\r\nHost: a\r\nX: ";
        String end = "\r\n\r\n";
        int room = PlainRequestParser.HEAD_BYTES_MAX - head.length() - end.length();

        assertThat(plain(head + "x".repeat(room) + end)).isNotNull();
        assertThat(plain(head + "x".repeat(room + 1) + end)).isNull();
    }

    private static @Nullable PlainRequest plain(String request) {
        ByteBuf bytes = Unpooled.copiedBuffer(request, ISO_8859_1);
        PlainRequest plain = new PlainRequestParser().parse(bytes);
        assertThat(bytes.isReadable()).isEqualTo(plain == null);
        return plain;
    }
}
