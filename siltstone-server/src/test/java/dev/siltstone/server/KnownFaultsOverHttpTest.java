package dev.siltstone.server;

import static dev.siltstone.server.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How other servers of this protocol go wrong where it shows over HTTP, one test each. The list with its
/// sources is docs/known-faults.md.
class KnownFaultsOverHttpTest {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final int BODY_BYTES_MAX = 3 << 20;

    @TempDir private static Path directory;
    private static TestServer server;

    private final String stream = "/v1/stream/fault" + TESTS.incrementAndGet();

    @BeforeAll
    static void start() throws IOException {
        server =
                TestServer.startLimited(
                        directory, limits -> limits.withBodyBytesMax(BODY_BYTES_MAX));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        Leaks.assertNone();
    }

    @Test
    void doesNotAnswer304ForAStreamThatWasCreatedAgain() throws Exception {
        server.put(stream, "text/plain", "old");
        String tag = header(server.get(stream), "ETag");
        server.send("DELETE", stream, "");
        server.put(stream, "text/plain", "new");

        HttpResponse<String> now = server.get(stream, "If-None-Match", tag);
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(now.body()).isEqualTo("new");
    }

    @Test
    void doesNotAnswer304ForAStreamThatWasClosed() throws Exception {
        server.put(stream, "text/plain", "a");
        String tag = header(server.get(stream), "ETag");
        server.send("POST", stream, "", "Stream-Closed", "true");

        HttpResponse<String> now = server.get(stream, "If-None-Match", tag);
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(header(now, "Stream-Closed")).isEqualTo("true");
    }

    @Test
    void closesWhateverTheCaseOfTrue() throws Exception {
        server.put(stream, "text/plain", "a");
        assertThat(server.send("POST", stream, "", "Stream-Closed", "TrUe").statusCode())
                .isEqualTo(204);
        assertThat(header(server.get(stream), "Stream-Closed")).isEqualTo("true");

        server.put(stream + "-open", "text/plain", "a");
        HttpResponse<String> other =
                server.send(
                        "POST",
                        stream + "-open",
                        "b",
                        "Stream-Closed",
                        "yes",
                        "Content-Type",
                        "text/plain");
        assertThat(other.statusCode()).isEqualTo(204);
        assertThat(header(server.get(stream + "-open"), "Stream-Closed")).isEmpty();
    }

    @Test
    void keepsJsonAsItWasWritten() throws Exception {
        String json = "{\"big\": 12345678901234567890, \"one\": 1.0, \"e\":1e2, \"u\":\"\\u00e9\"}";
        server.put(stream, "application/json");
        server.post(stream, "application/json", json);
        assertThat(server.get(stream).body()).isEqualTo("[" + json + "]");
    }

    @Test
    void saysHowCatchUpReadsMayBeCached() throws Exception {
        server.put(stream, "text/plain", "a");
        assertThat(header(server.get(stream), "Cache-Control")).isNotEmpty();
    }

    @Test
    void letsScriptsReadHowEventsAreEncoded() throws Exception {
        assertThat(header(server.get(stream), "Access-Control-Expose-Headers"))
                .containsIgnoringCase("Stream-SSE-Data-Encoding");
        HttpResponse<String> preflight =
                server.send(
                        "OPTIONS",
                        stream,
                        "",
                        "Origin",
                        "http://app.test",
                        "Access-Control-Request-Method",
                        "GET",
                        "Access-Control-Request-Headers",
                        "if-none-match");
        assertThat(header(preflight, "Access-Control-Allow-Headers"))
                .containsIgnoringCase("If-None-Match");
    }

    @Test
    void boundsBodies() throws Exception {
        server.put(stream, "text/plain");
        HttpResponse<String> refused =
                server.send(
                        "POST",
                        stream,
                        BodyPublishers.ofByteArray(new byte[BODY_BYTES_MAX + 1]),
                        "Content-Type",
                        "text/plain");
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(header(server.get(stream), "Stream-Next-Offset")).endsWith("_0000000000000000");
    }

    @Test
    void boundsResponses() throws Exception {
        server.put(stream, "text/plain", "x".repeat(2 << 20));
        server.post(stream, "text/plain", "y".repeat(1 << 20));
        HttpResponse<String> first = server.get(stream);
        assertThat(first.body()).hasSize(1 << 20);
        assertThat(header(first, "Stream-Up-To-Date")).isEmpty();
        String next = stream + "?offset=" + header(first, "Stream-Next-Offset");
        assertThat(server.get(next).body()).isEqualTo(server.get(next).body()).hasSize(1 << 20);
    }

    @Test
    void takesInitialContentThatComesInChunks() throws Exception {
        byte[] content = "first content".getBytes(StandardCharsets.UTF_8);
        server.send(
                "PUT",
                stream,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)),
                "Content-Type",
                "text/plain");
        assertThat(server.get(stream).body()).isEqualTo("first content");
    }

    @Test
    void renewsATtlByEveryReadThatReachesItAndByCloses() throws Exception {
        server.send("PUT", stream, "a", "Stream-TTL", "1000", "Content-Type", "text/plain");
        assertThat(server.get(stream + "?offset=now").statusCode()).isEqualTo(200);
        assertThat(server.send("POST", stream, "", "Stream-Closed", "true").statusCode())
                .isEqualTo(204);
        assertThat(server.get(stream).statusCode()).isEqualTo(200);
    }

    @Test
    void saysThatSubscriptionsAreNotThereInsteadOfForgettingThem() throws Exception {
        HttpResponse<String> answer =
                server.send("PUT", "/v1/stream/__ds/subscriptions/s", "{\"type\":\"webhook\"}");
        assertThat(answer.statusCode()).isEqualTo(501);
        assertThat(answer.body()).contains("message");
    }

    @Test
    void doesNotTakeTheTextOfAFailureForAStatus() throws Exception {
        // A path that reads like a failure changes nothing about what is answered.
        String odd = stream + "/not%20found%20already%20exists%20409";
        assertThat(server.put(odd, "text/plain", "a").statusCode()).isEqualTo(201);
        assertThat(server.get(odd).statusCode()).isEqualTo(200);
        assertThat(server.post(odd, "text/plain", "b").statusCode()).isEqualTo(204);
    }
}
