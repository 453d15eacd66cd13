package dev.siltstone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.siltstone.io.NanoClock;
import dev.siltstone.server.ServerSettings;
import dev.siltstone.server.SiltstoneServer;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamLogSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Short loads on a real server.
final class LoadTestTest {
    @TempDir private Path directory;
    private StreamLog log;
    private SiltstoneServer server;

    @BeforeEach
    void start() throws IOException {
        log = StreamLog.open(directory, StreamLogSettings.defaults());
        server =
                SiltstoneServer.start(
                        log,
                        ServerSettings.defaults().withPort(0),
                        InstantSource.system(),
                        new SplittableRandom(1));
    }

    @AfterEach
    void stop() throws IOException {
        server.stop();
        log.close();
    }

    private LoadTest load(
            ContentKind kind, int streams, int writers, int readers, double rate, boolean producers)
            throws IOException {
        return new LoadTest(
                Target.of(URI.create(server.url())),
                settings(kind, streams, writers, readers, rate, producers),
                "test",
                NanoClock.system());
    }

    private static LoadSettings settings(
            ContentKind kind,
            int streams,
            int writers,
            int readers,
            double rate,
            boolean producers) {
        return new LoadSettings(
                kind,
                100,
                streams,
                writers,
                readers,
                1,
                rate,
                producers,
                20_000,
                false,
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                true,
                false,
                null);
    }

    private static void isWhole(Map<String, Object> facts) {
        assertThat(facts).containsEntry("faults", 0L);
        assertThat(facts.get("readBack")).isEqualTo(facts.get("acknowledged")).isNotEqualTo(0L);
    }

    @Test
    void readsBackWhatProducersAppendedToManyStreams() throws IOException {
        try (LoadTest test = load(ContentKind.BYTES, 7, 3, 0, 0, true)) {
            Map<String, Object> facts = test.append();
            isWhole(facts);
            assertThat(facts).containsEntry("errors", 0L);
        }
        assertThat(log.list("bench-", null, 10).toString()).doesNotContain("bench-test");
    }

    @Test
    void readsWholeStreams() throws IOException {
        try (LoadTest test = load(ContentKind.JSON, 1, 0, 2, 0, false)) {
            isWhole(test.read());
        }
    }

    @Test
    void followsWhileOthersReadAndWrite() throws IOException {
        try (LoadTest test = load(ContentKind.JSON, 3, 2, 5, 50, false)) {
            isWhole(test.mixed());
        }
    }

    @Test
    void reachesAllReaders() throws IOException {
        try (LoadTest test = load(ContentKind.TEXT, 1, 1, 9, 0, false)) {
            isWhole(test.fanout());
        }
    }

    /// Acknowledges every append, and forgets the third.
    @Test
    void noticesWhatAServerAcknowledgedAndLost() throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        AtomicInteger appends = new AtomicInteger();
        HttpServer liar = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        liar.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    boolean read = exchange.getRequestMethod().equals("GET");
                    if (exchange.getRequestMethod().equals("POST")
                            && appends.incrementAndGet() != 3) {
                        kept.write(body);
                    }
                    exchange.getResponseHeaders().set("Stream-Next-Offset", "1");
                    exchange.getResponseHeaders().set("Stream-Up-To-Date", "true");
                    exchange.sendResponseHeaders(read ? 200 : 204, read ? kept.size() : -1);
                    if (read) {
                        exchange.getResponseBody().write(kept.toByteArray());
                    }
                    exchange.close();
                });
        liar.start();
        URI target = URI.create("http://127.0.0.1:" + liar.getAddress().getPort());
        try (LoadTest test =
                new LoadTest(
                        Target.of(target),
                        settings(ContentKind.TEXT, 1, 1, 0, 100, false),
                        "test",
                        NanoClock.system())) {
            Map<String, Object> facts = test.append();
            assertThat(facts).containsEntry("faults", 1L);
            assertThat(facts.get("firstFaults"))
                    .hasToString("[stream 0, lane 0: message 2 is missing]");
        } finally {
            liar.stop(0);
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        server.stop();
        try (LoadTest test = load(ContentKind.JSON, 1, 1, 0, 0, false)) {
            assertThatThrownBy(test::append)
                    .isInstanceOf(LoadFailedException.class)
                    .hasMessageContaining("does the server run?");
        }
    }

    @Test
    void refusesToFollowBytes() throws IOException {
        try (LoadTest test = load(ContentKind.BYTES, 1, 1, 1, 0, false)) {
            assertThatThrownBy(test::tail).hasMessageContaining("--type");
        }
    }

    @Test
    void saysWhichSettingIsOutOfBounds() {
        assertThatThrownBy(() -> load(ContentKind.JSON, 0, 1, 1, 0, false))
                .hasMessageContaining("--streams");
        assertThatThrownBy(() -> load(ContentKind.JSON, 1, 1, 1, -1, false))
                .hasMessageContaining("--rate");
        assertThatThrownBy(() -> Target.of(URI.create("https://localhost")))
                .hasMessageContaining("plain http");
    }
}
