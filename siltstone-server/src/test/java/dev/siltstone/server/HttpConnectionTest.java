package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections: order, bounds, who may come in, and the end.
class HttpConnectionTest {
    private static final String S = "/v1/stream/s";
    private static final String HEAD = " HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n";

    @TempDir private Path directory;

    @AfterEach
    void forgetNoBuffer() {
        Leaks.assertNone();
    }

    // --- order ---

    @Test
    void answersPipelinedRequestsInTheirOrder() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            var requests = new StringBuilder("PUT " + S + HEAD + "Content-Length: 0\r\n\r\n");
            for (int i = 0; i < 200; i++) {
                requests.append(post("m" + i + ";"));
                requests.append("HEAD " + S + " HTTP/1.1\r\nHost: test\r\n\r\n");
            }
            requests.append("GET " + S + " HTTP/1.1\r\nHost: test\r\n\r\n");
            connection.send(requests.toString());
            assertThat(connection.answer().status()).isEqualTo(201);
            var content = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                content.append("m").append(i).append(';');
                RawConnection.Answer appended = connection.answer();
                assertThat(appended.status()).isEqualTo(204);
                assertThat(appended.header("stream-next-offset"))
                        .endsWith("_%016d".formatted(content.length()));
                assertThat(connection.answer(true).header("stream-next-offset"))
                        .isEqualTo(appended.header("stream-next-offset"));
            }
            assertThat(connection.answer().body()).isEqualTo(content.toString());
        }
    }

    /// A browser says where a POST comes from.
    @Test
    void tellsBrowsersAloneWhoMayReadTheAnswerToAnAppend() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain");
            String origin = post("b").replace("\r\n\r\n", "\r\nOrigin: http://b\r\n\r\n");
            RawConnection.Answer toBrowser = connection.send(origin).answer();
            RawConnection.Answer toOther = connection.send(post("o")).answer();

            assertThat(toBrowser.header("access-control-allow-origin")).isEqualTo("*");
            assertThat(toBrowser.header("access-control-expose-headers"))
                    .contains("Stream-Next-Offset");
            assertThat(toOther.header("access-control-allow-origin")).isNullOrEmpty();
            assertThat(toOther.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(server.get(S).body()).isEqualTo("bo");
        }
    }

    @Test
    void takesRequestsByteByByte() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain");
            for (String octet : (post("slow") + post("er")).split("", 0)) {
                connection.send(octet);
            }
            assertThat(connection.answer().status()).isEqualTo(204);
            assertThat(connection.answer().status()).isEqualTo(204);
            assertThat(server.get(S).body()).isEqualTo("slower");
        }
    }

    @Test
    void takesBodiesInChunks() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain");
            connection.send("POST " + S + HEAD + "Transfer-Encoding: chunked\r\n\r\n");
            connection.send("3\r\nabc\r\n").send("2;x=y\r\nde\r\n").send("0\r\nT: v\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(204);
            assertThat(server.get(S).body()).isEqualTo("abcde");
        }
    }

    @Test
    void servesHttp2ByPriorKnowledge() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain", "over two");
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            connection.sendBytes(Http2Frames.settings());
            connection.sendBytes(Http2Frames.get(1, S));
            assertThat(connection.readUntil("over two")).contains("over two");
        }
    }

    @Test
    void sendsEventsOverHttp2() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain", "one");
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            connection.sendBytes(Http2Frames.settings());
            connection.sendBytes(Http2Frames.get(1, S + "?offset=-1&live=sse"));
            connection.sendBytes(Http2Frames.get(3, S + "?offset=now&live=long-poll"));
            assertThat(connection.readUntil("\"upToDate\":true")).contains("data:one\n");
            server.post(S, "text/plain", "two");
            assertThat(connection.readUntil("data:two\n")).isNotEmpty();
        }
    }

    // --- what is not taken ---

    @Test
    void refusesBodiesThatAreTooLong() throws Exception {
        try (TestServer server =
                TestServer.startLimited(directory, l -> l.withBodyBytesMax(1000))) {
            server.put(S, "text/plain");
            assertThat(server.post(S, "text/plain", "x".repeat(1000)).statusCode()).isEqualTo(204);
            assertThat(server.post(S, "text/plain", "x".repeat(1001)).statusCode()).isEqualTo(413);
            try (RawConnection connection = server.connect()) {
                connection.send("POST " + S + HEAD + "Content-Length: 99999999999\r\n\r\n");
                assertThat(connection.answer().status()).isEqualTo(413);
                connection.awaitEnd();
            }
            try (RawConnection connection = server.connect()) {
                connection.send("POST " + S + HEAD + "Transfer-Encoding: chunked\r\n\r\n");
                connection.send("400\r\n" + "x".repeat(1024) + "\r\n");
                assertThat(connection.answer().status()).isEqualTo(413);
                connection.awaitEnd();
            }
        }
    }

    @Test
    void keepsTheConnectionWhenLittleOfARefusedBodyIsToCome() throws Exception {
        try (TestServer server = TestServer.startLimited(directory, l -> l.withBodyBytesMax(10));
                RawConnection connection = server.connect()) {
            connection.send(post("x".repeat(11)) + "GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(413);
            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void sendsForABodyOnlyIfItTakesIt() throws Exception {
        try (TestServer server =
                TestServer.startLimited(directory, l -> l.withBodyBytesMax(1000))) {
            server.put(S, "text/plain");
            String expect = "Expect: 100-continue\r\nContent-Length: ";
            try (RawConnection connection = server.connect()) {
                connection.send("POST " + S + HEAD + expect + "5\r\n\r\n");
                assertThat(connection.answer().status()).isEqualTo(100);
                connection.send("hello");
                assertThat(connection.answer().status()).isEqualTo(204);
            }
            try (RawConnection connection = server.connect()) {
                connection.send("POST " + S + HEAD + expect + "5000\r\n\r\n");
                assertThat(connection.answer().status()).isEqualTo(413);
                connection.awaitEnd();
            }
        }
    }

    @Test
    void boundsWhatAllBodiesTakeTogether() throws Exception {
        try (TestServer server =
                TestServer.startLimited(directory, l -> l.withBodyBytesInFlightMax(100_000))) {
            server.put(S, "text/plain");
            int tries = 1;
            while (!isRefusedBesideALongBody(server)) {
                assertThat(tries++).isLessThan(100);
            }
        }
    }

    /// The later one of two long bodies is refused.
    ///
    /// @return false if that was the one that was to come first: its bytes were still on their way
    private static boolean isRefusedBesideALongBody(TestServer server) throws Exception {
        String body = "x".repeat(60_000);
        try (RawConnection holder = server.connect()) {
            holder.send("POST " + S + HEAD + "Content-Length: 60001\r\n\r\n" + body);
            HttpResponse<String> refused = server.post(S, "text/plain", body);
            while (refused.statusCode() == 204 && !holder.isAnswered()) {
                refused = server.post(S, "text/plain", body);
            }
            if (refused.statusCode() == 204) {
                assertThat(holder.answer().status()).isEqualTo(503);
                return false;
            }
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(TestServer.header(refused, "Retry-After")).isEqualTo("1");
            holder.send("x");
            assertThat(holder.answer().status()).isEqualTo(204);
            assertThat(server.post(S, "text/plain", body).statusCode()).isEqualTo(204);
            return true;
        }
    }

    @Test
    void boundsRequestLinesAndHeaders() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            try (RawConnection connection = server.connect()) {
                connection.request("GET", "/" + "a".repeat(9000));
                assertThat(connection.answer().status()).isEqualTo(414);
                connection.awaitEnd();
            }
            try (RawConnection connection = server.connect()) {
                connection.send("GET /health HTTP/1.1\r\nHost: test\r\nX: ");
                connection.send("x".repeat(70_000) + "\r\n\r\n");
                assertThat(connection.answer().status()).isEqualTo(431);
                connection.awaitEnd();
            }
        }
    }

    @Test
    void refusesWhatTwoReadersCouldUnderstandInTwoWays() throws Exception {
        String post = "POST /v1/stream/s HTTP/1.1\r\nHost: t\r\n";
        String length = "Content-Length: ";
        String chunked = "Transfer-Encoding: chunked\r\n";
        List<String> requests =
                List.of(
                        post + length + "3\r\n" + chunked + "\r\n0\r\n\r\n",
                        post + chunked + length + "3\r\n" + "\r\n0\r\n\r\n",
                        post + length + "3\r\n" + length + "4\r\n\r\nabcd",
                        post + length + "-3\r\n\r\n",
                        post + length + "+3\r\n\r\nabc",
                        post + length + "3, 4\r\n\r\nabcd",
                        post + chunked + "\r\nzz\r\n",
                        "GET /health HTTP/1.1\r\n\r\n",
                        "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                        "GET /health HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n",
                        "GET /health HTTP/1.1\r\nHost : a\r\n\r\n",
                        "\u0001\u0002\u0003 nonsense\r\n\r\n");
        try (TestServer server = TestServer.start(directory)) {
            for (String request : requests) {
                try (RawConnection connection = server.connect()) {
                    connection.send(request);
                    assertThat(connection.answer().status()).as(request).isEqualTo(400);
                }
            }
        }
    }

    @Test
    void refusesBodiesThatAreCodedInAWayItDoesNotUndo() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain");
            connection.send("POST " + S + HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n");
            connection.send("3\r\nabc\r\n0\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(501);
            connection.awaitEnd();
            assertThat(server.get(S).body()).isEmpty();
        }
    }

    @Test
    void takesTargetsThatNameTheServer() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            connection.request("GET", "http://test:1/health");
            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void servesClientsOfTheOldVersion() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            connection.send("GET /health HTTP/1.0\r\n\r\n");
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEqualTo("close");
            connection.awaitEnd();
        }
    }

    // --- time and numbers ---

    @Test
    void closesConnectionsWhoseRequestDoesNotArrive() throws Exception {
        try (TestServer server =
                        TestServer.startLimited(
                                directory, l -> l.withRequestTimeout(Duration.ofMillis(100)));
                RawConnection head = server.connect();
                RawConnection body = server.connect();
                RawConnection firstBytes = server.connect()) {
            head.send("GET /health HT");
            body.send("POST " + S + HEAD + "Content-Length: 10\r\n\r\nabc");
            firstBytes.send("PRI * HT");
            assertThat(head.answer().status()).isEqualTo(408);
            head.awaitEnd();
            assertThat(body.answer().status()).isEqualTo(408);
            body.awaitEnd();
            firstBytes.awaitEnd();
        }
    }

    @Test
    void closesConnectionsThatAreIdle() throws Exception {
        try (TestServer server =
                        TestServer.startLimited(
                                directory, l -> l.withIdleTimeout(Duration.ofMillis(100)));
                RawConnection connection = server.connect()) {
            connection.request("GET", "/health");
            assertThat(connection.answer().status()).isEqualTo(200);
            connection.awaitEnd();
        }
    }

    @Test
    void turnsConnectionsAwayThatAreTooMany() throws Exception {
        try (TestServer server = TestServer.startLimited(directory, l -> l.withConnectionsMax(2))) {
            try (RawConnection one = server.connect();
                    RawConnection two = server.connect()) {
                one.request("GET", "/health");
                two.request("GET", "/health");
                assertThat(one.answer().status()).isEqualTo(200);
                assertThat(two.answer().status()).isEqualTo(200);
                try (RawConnection three = server.connect()) {
                    three.request("GET", "/health");
                    RawConnection.Answer answer = three.answer();
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.header("retry-after")).isEqualTo("1");
                    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
                    three.awaitEnd();
                }
            }
            assertThat(firstTaken(server).status()).isEqualTo(200);
        }
    }

    @Test
    void keepsOnlyAFewConnectionsToTurnThemAway() throws Exception {
        try (TestServer server = TestServer.startLimited(directory, l -> l.withConnectionsMax(1));
                RawConnection taken = server.connect()) {
            taken.request("GET", "/health");
            assertThat(taken.answer().status()).isEqualTo(200);
            List<RawConnection> silent = new ArrayList<>();
            try {
                for (int i = 0; i < 64; i++) {
                    silent.add(server.connect());
                }
                try (RawConnection further = server.connect()) {
                    assertThatThrownBy(() -> further.request("GET", "/health").answer())
                            .isInstanceOf(IOException.class);
                }
            } finally {
                for (RawConnection connection : silent) {
                    connection.close();
                }
            }
        }
    }

    /// The server may not have noticed yet that there is room again.
    private static RawConnection.Answer firstTaken(TestServer server) throws IOException {
        while (true) {
            try (RawConnection connection = server.connect()) {
                connection.request("GET", "/health");
                RawConnection.Answer answer = connection.answer();
                if (answer.status() != 503) {
                    return answer;
                }
            }
        }
    }

    // --- who may come in ---

    @Test
    void asksForATokenIfThereAreAny() throws Exception {
        Path tokens = Files.writeString(directory.resolve("tokens"), "sesame\n");
        var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        try (TestServer server =
                TestServer.start(
                        directory.resolve("data"), s -> s.withTokenFile(tokens), now::get)) {
            HttpResponse<String> refused = server.put(S, "text/plain");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(TestServer.header(refused, "WWW-Authenticate")).startsWith("Bearer");
            assertThat(server.get("/v1/stream").statusCode()).isEqualTo(401);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.send("OPTIONS", S, "").statusCode()).isEqualTo(204);

            String[] open = {"Authorization", "Bearer sesame"};
            assertThat(server.send("PUT", S, "x", open).statusCode()).isEqualTo(201);
            assertThat(server.send("POST", S, "", "Authorization", "Bearer sesam").statusCode())
                    .isEqualTo(401);
            server.send("POST", S, "", "Stream-Closed", "true", open[0], open[1]);
            assertThat(TestServer.header(server.get(S, open), "Cache-Control"))
                    .startsWith("private, max-age=60");

            Files.writeString(tokens, "abracadabra\n");
            Files.setLastModifiedTime(tokens, FileTime.fromMillis(1));
            now.set(now.get().plusSeconds(1));
            assertThat(server.get(S, open).statusCode()).isEqualTo(401);
            assertThat(server.get(S, "Authorization", "Bearer abracadabra").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void doesNotListenToStrangersUnlessThatIsMeant() throws Exception {
        InetAddress any = InetAddress.ofLiteral("0.0.0.0");
        assertThatThrownBy(() -> TestServer.start(directory, s -> s.withAddress(any)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--token-file")
                .hasMessageContaining("--insecure");
        try (TestServer server =
                TestServer.start(directory, s -> s.withAddress(any).withInsecure(true))) {
            assertThat(server.server().address().getAddress()).isEqualTo(any);
        }
    }

    @Test
    void saysWhichAddressItCannotHave() throws Exception {
        try (TestServer first = TestServer.start(directory.resolve("a"))) {
            int port = first.server().address().getPort();
            assertThatThrownBy(
                            () -> TestServer.start(directory.resolve("b"), s -> s.withPort(port)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
        }
    }

    // --- the end ---

    @Test
    void finishesWhatItAcceptedWhenItStops() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection idle = server.connect();
                RawConnection uploading = server.connect();
                RawConnection polling = server.connect();
                RawConnection events = server.connect()) {
            server.put(S, "text/plain", "a");
            idle.request("GET", "/health");
            assertThat(idle.answer().status()).isEqualTo(200);
            uploading.send(
                    "POST " + S + HEAD + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(uploading.answer().status()).isEqualTo(100);
            uploading.send("la");
            polling.request("GET", "/health");
            assertThat(polling.answer().status()).isEqualTo(200);
            polling.request("GET", S + "?offset=now&live=long-poll");
            events.request("GET", S + "?offset=-1&live=sse");
            assertThat(events.head().status()).isEqualTo(200);
            assertThat(events.chunk()).contains("data:a", "upToDate");

            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> server.server().stop());
            idle.awaitEnd();
            assertThat(polling.answer().status()).isEqualTo(204);
            polling.awaitEnd();
            assertThat(events.chunk()).as("a whole end").isEmpty();
            events.awaitEnd();
            assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
            uploading.send("st");
            RawConnection.Answer last = uploading.answer();
            assertThat(last.status()).isEqualTo(204);
            assertThat(last.header("connection")).isEqualTo("close");
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void waitsNoLongerThanItWasToldWhenItStops() throws Exception {
        try (TestServer server =
                        TestServer.start(
                                directory, s -> s.withStopTimeout(Duration.ofMillis(100)));
                RawConnection connection = server.connect()) {
            connection.send(
                    "POST " + S + HEAD + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(100);
            server.server().stop();
            connection.awaitEnd();
            server.server().stop();
        }
    }

    @Test
    void answersThatItIsBusyWhenTheLogTakesNoMore() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            server.put(S, "text/plain", "kept");
            server.log().close();
            HttpResponse<String> refused = server.post(S, "text/plain", "x");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(TestServer.header(refused, "Retry-After")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @EnumSource(LeaderMode.class)
    void servesManyConnectionsAtOnceWhoeverLeads(LeaderMode leader) throws Exception {
        try (TestServer server =
                        TestServer.start(
                                directory, s -> s.withEventLoops(2), Clock.systemUTC(), leader);
                HttpClient client = HttpClient.newHttpClient()) {
            server.put(S, "text/plain");
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                HttpRequest request =
                        HttpRequest.newBuilder(server.uri(S))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("%03d;".formatted(i)))
                                .build();
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            for (var answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
            }
            assertThat(server.get(S).body().split(";", 0)).hasSize(300).doesNotHaveDuplicates();
        }
    }

    private static String post(String body) {
        return "POST " + S + HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
