package dev.siltstone.server;

import static dev.siltstone.server.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rules of the protocol that its official suite does not look at, over a real port.
class StreamProtocolTest {
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir private static Path directory;
    private static TestServer server;

    /// Path of a stream of this test alone.
    private final String stream = "/v1/stream/s" + TESTS.incrementAndGet() + "-";

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        Leaks.assertNone();
    }

    // --- what caches may keep ---

    @Test
    void answersNotModifiedUntilMoreComes() throws Exception {
        server.put(stream, "text/plain", "a");
        String tag = header(server.get(stream), "ETag");
        HttpResponse<String> again = server.get(stream, "If-None-Match", "\"x\", W/" + tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(header(again, "ETag")).isEqualTo(tag);
        assertThat(header(again, "Stream-Next-Offset")).endsWith("_0000000000000001");
        assertThat(header(again, "Stream-Up-To-Date")).isEqualTo("true");
        assertThat(server.get(stream, "If-None-Match", "*").statusCode()).isEqualTo(304);
        server.post(stream, "text/plain", "b");
        assertThat(server.get(stream, "If-None-Match", tag).body()).isEqualTo("ab");
    }

    @Test
    void answersAnewOnceTheStreamIsClosed() throws Exception {
        server.put(stream, "text/plain", "a");
        String tag = header(server.get(stream), "ETag");
        server.send("POST", stream, "", "Stream-Closed", "TRUE");
        HttpResponse<String> closed = server.get(stream, "If-None-Match", tag);
        assertThat(closed.statusCode()).isEqualTo(200);
        assertThat(header(closed, "Stream-Closed")).isEqualTo("true");
        assertThat(header(closed, "ETag")).endsWith(":c\"");
    }

    @Test
    void neverTakesAnotherIncarnationForTheSameStream() throws Exception {
        server.put(stream, "text/plain", "old");
        HttpResponse<String> old = server.get(stream);
        server.send("DELETE", stream, "");
        server.put(stream, "text/plain", "new");
        HttpResponse<String> now = server.get(stream, "If-None-Match", header(old, "ETag"));
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(now.body()).isEqualTo("new");
        HttpResponse<String> from =
                server.get(stream + "?offset=" + header(old, "Stream-Next-Offset"));
        assertThat(from.statusCode()).isEqualTo(410);
        assertThat(from.body()).contains("\"offset_gone\"", "incarnation");
    }

    @Test
    void letsCachesKeepOnlyWhatNeverChanges() throws Exception {
        server.put(stream, "application/octet-stream");
        server.send(
                "POST",
                stream,
                BodyPublishers.ofByteArray(new byte[3 << 19]),
                "Content-Type",
                "application/octet-stream");
        String kept = "public, max-age=60, stale-while-revalidate=300";
        HttpResponse<String> full = server.get(stream);
        assertThat(header(full, "Stream-Up-To-Date")).isEmpty();
        assertThat(header(full, "Cache-Control")).isEqualTo(kept);
        String rest = stream + "?offset=" + header(full, "Stream-Next-Offset");
        assertThat(header(server.get(rest), "Cache-Control")).isEqualTo("public, no-cache");
        server.send("POST", stream, "", "Stream-Closed", "true");
        assertThat(header(server.get(rest), "Cache-Control")).isEqualTo(kept);
        assertThat(header(server.get(stream + "?offset=now"), "Cache-Control"))
                .isEqualTo("no-store");
        assertThat(header(server.get("/v1/stream/none"), "Cache-Control")).isEqualTo("no-store");
        assertThat(header(head(stream), "Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void letsCachesKeepNothingThatLivesOnReadsOrEndsSoon() throws Exception {
        server.send("PUT", stream, "a", "Stream-TTL", "1000", "Stream-Closed", "true");
        assertThat(header(server.get(stream), "Cache-Control")).isEqualTo("public, no-cache");
        String end = Instant.now(Clock.systemUTC()).plusSeconds(31).toString();
        server.send("PUT", stream + 2, "a", "Stream-Expires-At", end, "Stream-Closed", "true");
        assertThat(header(server.get(stream + 2), "Cache-Control"))
                .matches("public, max-age=(30|2[0-9])");
    }

    // --- browsers ---

    @Test
    void tellsBrowsersWhatTheyMayDo() throws Exception {
        HttpResponse<String> preflight =
                server.send(
                        "OPTIONS",
                        stream,
                        "",
                        "Origin",
                        "http://app.test",
                        "Access-Control-Request-Method",
                        "PUT");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(preflight, "Access-Control-Allow-Methods"))
                .contains("GET", "HEAD", "PUT", "POST", "DELETE");
        assertThat(header(preflight, "Access-Control-Allow-Headers"))
                .contains("Authorization", "If-None-Match", "Content-Type", "Producer-Id")
                .contains("Producer-Epoch", "Producer-Seq", "Stream-Seq", "Stream-Closed")
                .contains("Stream-TTL", "Stream-Expires-At", "Stream-Forked-From")
                .contains("Stream-Fork-Offset", "Stream-Fork-Sub-Offset");
        assertThat(header(preflight, "Access-Control-Max-Age")).isNotEmpty();
    }

    @Test
    void letsScriptsSeeEveryFieldOfTheProtocol() throws Exception {
        server.put(stream, "text/plain");
        for (HttpResponse<String> response :
                List.of(server.get(stream), server.get("/v1/stream/none"), server.get("/x"))) {
            assertThat(header(response, "Access-Control-Expose-Headers"))
                    .contains("Stream-Next-Offset", "Stream-Up-To-Date", "Stream-Closed")
                    .contains("Stream-Cursor", "Stream-TTL", "Stream-Expires-At")
                    .contains("Stream-SSE-Data-Encoding", "Producer-Epoch", "Producer-Seq")
                    .contains("Producer-Expected-Seq", "Producer-Received-Seq")
                    .contains("ETag", "Location", "Content-Type", "Retry-After");
            assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(response, "Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        }
    }

    // --- paths and queries ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a//b", "a/", "/a", ".", "..", "a/../b", "a/./b", "%2e%2e/a", "a%2f..%2fb",
                "a%00b", "a%0Ab", "a%7Fb", "a%C2%85b", "%C3%28", "%ff", "a%", "a%4", "a%zz",
                "a%c0%80"
            })
    void refusesPathsThatCouldMeanSomethingElse(String path) throws Exception {
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "PUT /v1/stream/"
                            + path
                            + " HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.body()).contains("\"error\":{\"code\":\"bad_");
        }
    }

    @Test
    void takesAnyNameThatDecodes() throws Exception {
        String name = "/v1/stream/gr%C3%BC%C3%9Fe/%F0%9F%8C%8A%20and%20%3F%23%25/..a";
        assertThat(server.put(name, "text/plain", "x").statusCode()).isEqualTo(201);
        assertThat(server.get(name).body()).isEqualTo("x");
        assertThat(server.get(name.replace("%C3%BC", "%c3%bc")).body()).isEqualTo("x");
        assertThat(server.get("/v1/stream").body()).contains("grüße/🌊 and ?#%/..a");
    }

    @Test
    void boundsTheLengthOfAPath() throws Exception {
        assertThat(server.put("/v1/stream/" + "a".repeat(1024), "text/plain").statusCode())
                .isEqualTo(201);
        assertThat(server.put("/v1/stream/" + "a".repeat(1025), "text/plain").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "offset=",
                "offset=1",
                "offset=-2",
                "offset=-1&offset=-1",
                "offset=%2d1&offset=now",
                "offset=0_0",
                "offset=%ff",
                "live=sse",
                "offset=-1&live=true",
                "offset=-1&live=",
                "offset=0000000000000000-0000000000000000",
                "offset=00000000000000000_0000000000000000",
                "offset=000000000000000%D9%A0_0000000000000000"
            })
    void refusesQueriesThatMakeNoSense(String query) throws Exception {
        server.put(stream, "text/plain", "a");
        HttpResponse<String> response = server.get(stream + "?" + query);
        assertThat(response.statusCode()).as(query).isEqualTo(400);
        assertThat(response.body()).contains("\"message\":\"");
    }

    @Test
    void ignoresParametersItDoesNotKnow() throws Exception {
        server.put(stream, "text/plain", "a");
        assertThat(server.get(stream + "?x=1&x=2&%66oo&=&&offset=%2D1&cursor=zzz").body())
                .isEqualTo("a");
    }

    @Test
    void knowsNothingOutsideOfStreams() throws Exception {
        assertThat(server.get("/").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/streams/a").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/stream/__ds").statusCode()).isEqualTo(501);
        HttpResponse<String> subscription =
                server.send("PUT", "/v1/stream/%5F_ds/subscriptions/x", "{}");
        assertThat(subscription.statusCode()).isEqualTo(501);
        assertThat(subscription.body()).contains("subscriptions are not implemented yet");
        HttpResponse<String> patch = server.send("PATCH", stream, "x");
        assertThat(patch.statusCode()).isEqualTo(405);
        assertThat(header(patch, "Allow")).contains("POST");
        assertThat(server.send("POST", "/health", "").statusCode()).isEqualTo(405);
    }

    @Test
    void tellsThatItIsWell() throws Exception {
        HttpResponse<String> health = server.get("/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"status\":\"ok\"", "\"version\":");
    }

    @Test
    void listsStreamsPageByPage() throws Exception {
        for (String name : List.of("b/1", "b/2", "b/3", "a", "c")) {
            server.send(
                    "PUT",
                    "/v1/stream/" + name,
                    "x",
                    "Content-Type",
                    "text/plain",
                    "Stream-TTL",
                    "60");
        }
        String first = server.get("/v1/stream?prefix=b%2F&limit=2").body();
        assertThat(first)
                .contains("\"path\":\"b/1\"", "\"path\":\"b/2\"", "\"next\":\"b/2\"")
                .contains("\"contentType\":\"text/plain\"", "\"closed\":false")
                .contains("\"ttlSeconds\":60")
                .doesNotContain("b/3", "\"a\"", "\"c\"");
        String second = server.get("/v1/stream/?prefix=b/&after=b/2&limit=2").body();
        assertThat(second).contains("\"path\":\"b/3\"", "\"next\":null").doesNotContain("b/1");
        assertThat(server.get("/v1/stream?limit=0").statusCode()).isEqualTo(400);
        assertThat(server.get("/v1/stream?limit=1001").statusCode()).isEqualTo(400);
    }

    // --- what is refused, and why ---

    @Test
    void saysWhatWasWrongAndWhatWouldBeRight() throws Exception {
        HttpResponse<String> response = server.send("PUT", stream, "", "Stream-TTL", "soon");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(response.body())
                .startsWith("{\"error\":{\"code\":\"bad_ttl\",\"message\":\"Stream-TTL must be");
        assertThat(head("/v1/stream/none").body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Stream-TTL, 2147483647, 201",
        "Stream-TTL, 2147483648, 400",
        "Stream-TTL, 99999999999999999999, 400",
        "Stream-TTL, '', 400",
        "Stream-TTL, 007, 400",
        "Stream-TTL, ٣, 400",
        "Stream-Expires-At, 2100-01-01T00:00:00.123456789Z, 201",
        "Stream-Expires-At, 2100-01-01t00:00:00z, 201",
        "Stream-Expires-At, 2100-01-01T00:00Z, 400",
        "Stream-Expires-At, 2100-01-01T00:00:00, 400",
        "Stream-Expires-At, 2100-02-30T00:00:00Z, 400",
        "Stream-Expires-At, 4102444800, 400",
        "Stream-Fork-Offset, 0000000000000000_0000000000000000, 400",
        "Stream-Fork-Sub-Offset, 0, 400",
        "Stream-Forked-From, not-a-path, 400",
        "Stream-Forked-From, /v1/stream/../x, 400",
        "Content-Type, nonsense, 400",
        "Content-Type, text/, 400",
        "Content-Type, text/plain; charset, 400",
        "Content-Type, text/plain; charset=utf-8, 201",
        "Content-Type, text/plain;charset=\"a;b\", 201"
    })
    void checksWhatACreateSays(String name, String value, int status) throws Exception {
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "PUT "
                            + stream
                            + " HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n"
                            + name
                            + ": "
                            + value
                            + "\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "p, 9007199254740991, 0, 200",
        "p, 9007199254740992, 0, 400",
        "p, 0, 9007199254740992, 400",
        "p, 00, 0, 400",
        "p, +1, 0, 400",
        "p, 0, '', 400",
        "'', 0, 0, 400"
    })
    void checksWhatAProducerSays(String id, String epoch, String sequence, int status)
            throws Exception {
        server.put(stream, "text/plain");
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "POST "
                            + stream
                            + " HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 1\r\nProducer-Id: "
                            + id
                            + "\r\nProducer-Epoch: "
                            + epoch
                            + "\r\nProducer-Seq: "
                            + sequence
                            + "\r\n\r\nx");
            assertThat(connection.answer().status()).isEqualTo(status);
        }
    }

    @Test
    void recognisesARetryThatAlsoCarriesAStreamSequence() throws Exception {
        server.put(stream, "text/plain");
        String[] headers = {
            "Content-Type",
            "text/plain",
            "Stream-Seq",
            "a",
            "Producer-Id",
            "p",
            "Producer-Epoch",
            "0",
            "Producer-Seq",
            "0"
        };
        assertThat(server.send("POST", stream, "x", headers).statusCode()).isEqualTo(200);
        HttpResponse<String> retry = server.send("POST", stream, "x", headers);
        assertThat(retry.statusCode()).isEqualTo(204);
        assertThat(header(retry, "Producer-Epoch")).isEqualTo("0");
        assertThat(header(retry, "Producer-Seq")).isEqualTo("0");
        assertThat(server.get(stream).body()).isEqualTo("x");
    }

    @Test
    void judgesContentLast() throws Exception {
        server.put(stream, "application/json");
        assertThat(server.post(stream, "application/json", "{").statusCode()).isEqualTo(400);
        assertThat(server.post("/v1/stream/none", "application/json", "{").statusCode())
                .isEqualTo(404);
        server.put(stream + 2, "text/plain");
        HttpResponse<String> other = server.post(stream + 2, "application/json", "{");
        assertThat(other.statusCode()).isEqualTo(409);
        server.send("POST", stream, "", "Stream-Closed", "true");
        HttpResponse<String> closed = server.post(stream, "application/json", "{");
        assertThat(closed.statusCode()).isEqualTo(409);
        assertThat(header(closed, "Stream-Closed")).isEqualTo("true");
        assertThat(header(closed, "Stream-Next-Offset")).isNotEmpty();
    }

    @Test
    void keepsEveryByteOfALongJsonValue() throws Exception {
        String value =
                "{\"n\":12345678901234567890,\"f\":1.0,\"s\":\"" + "x".repeat(200_000) + "\"}";
        server.put(stream, "application/json");
        assertThat(
                        server.post(stream, "application/json", " [ " + value + " , 1.50 ] ")
                                .statusCode())
                .isEqualTo(204);
        assertThat(server.get(stream).body()).isEqualTo("[" + value + ",1.50]");
        assertThat(server.post(stream, "application/json", "[" + value + ",").statusCode())
                .isEqualTo(400);
    }

    @Test
    void tellsTheTypeOfForkedContentByItsSource() throws Exception {
        server.put(stream, "application/json", "[1]");
        HttpResponse<String> fork =
                server.send("PUT", stream + "fork", "[2,3]", "Stream-Forked-From", stream);
        assertThat(fork.statusCode()).isEqualTo(201);
        assertThat(header(fork, "Content-Type")).isEqualTo("application/json");
        assertThat(server.get(stream + "fork").body()).isEqualTo("[1,2,3]");
    }

    @Test
    void namesTheNewStreamAsTheClientSpeltIt() throws Exception {
        HttpResponse<String> created = server.put(stream + "%20x", "text/plain");
        assertThat(header(created, "Location")).isEqualTo(server.uri(stream + "%20x").toString());
    }

    @Test
    void answersLongPollsWithCursorsThatAdvance() throws Exception {
        server.put(stream, "text/plain", "a");
        String poll = stream + "?live=long-poll&offset=-1";
        long first = Long.parseLong(header(server.get(poll), "Stream-Cursor"));
        long second =
                Long.parseLong(header(server.get(poll + "&cursor=" + first), "Stream-Cursor"));
        assertThat(second).isGreaterThan(first);
        long third = Long.parseLong(header(server.get(poll + "&cursor=banana"), "Stream-Cursor"));
        assertThat(third).isLessThan(second);
    }

    private HttpResponse<String> head(String path) throws Exception {
        return server.send("HEAD", path, BodyPublishers.noBody());
    }
}
