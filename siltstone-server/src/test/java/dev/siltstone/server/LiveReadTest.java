package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.journal.LeaderMode;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Long polls and event streams, over a real port.
class LiveReadTest {
    private static final String S = "/v1/stream/s";
    private static final String EVENTS = S + "?offset=-1&live=sse";
    private static final String POLL = S + "?offset=now&live=long-poll";

    @TempDir private Path directory;

    @AfterEach
    void forgetNoBuffer() {
        Leaks.assertNone();
    }

    // --- long polls ---

    @Test
    void answersALongPollAsSoonAsThereIsData() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect()) {
            server.put(S, "application/json");
            beginPoll(server, reader);
            server.post(S, "application/json", "{\"a\":1}");
            RawConnection.Answer answer = reader.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("[{\"a\":1}]");
            assertThat(answer.header("stream-cursor")).isNotEmpty();
            assertThat(answer.header("stream-up-to-date")).isEqualTo("true");
            assertThat(answer.header("cache-control")).contains("max-age=60");
            reader.request("GET", "/health");
            assertThat(reader.answer().status()).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void endsALongPollInTime() throws Exception {
        try (TestServer server =
                        TestServer.startLimited(
                                directory, l -> l.withLongPollTimeout(Duration.ofMillis(50)));
                RawConnection reader = server.connect()) {
            server.put(S, "text/plain", "abc");
            reader.request("GET", POLL);
            RawConnection.Answer answer = reader.answer();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("stream-next-offset")).endsWith("_0000000000000003");
            assertThat(answer.header("stream-up-to-date")).isEqualTo("true");
            assertThat(answer.header("stream-cursor")).isNotEmpty();
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
        }
    }

    @Test
    void tellsALongPollThatTheStreamWasClosedOrDeleted() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection closed = server.connect();
                RawConnection deleted = server.connect()) {
            server.put(S, "text/plain", "abc");
            beginPoll(server, closed);
            server.send("POST", S, "", "Stream-Closed", "true");
            RawConnection.Answer end = closed.answer();
            assertThat(end.status()).isEqualTo(204);
            assertThat(end.header("stream-closed")).isEqualTo("true");
            closed.request("GET", POLL);
            assertThat(closed.answer().header("stream-closed")).isEqualTo("true");

            server.send("DELETE", S, "");
            server.put(S, "text/plain");
            beginPoll(server, deleted);
            server.send("DELETE", S, "");
            assertThat(deleted.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void forgetsALongPollWhoseClientIsGone() throws Exception {
        try (TestServer server = TestServer.startLimited(directory, l -> l.withWaitersMax(1))) {
            server.put(S, "text/plain");
            try (RawConnection gone = server.connect()) {
                beginPoll(server, gone);
                RawConnection.Answer refused = untilEventsAreAnswered(server, 503);
                assertThat(refused.header("retry-after")).isEqualTo("1");
                HttpResponse<String> another = server.get(POLL);
                assertThat(another.statusCode()).isEqualTo(503);
            }
            // Taken once the server has noticed; the default time limit is far longer than this
            // test's.
            untilEventsAreAnswered(server, 200);
        }
    }

    // --- event streams ---

    @Test
    void sendsEventsWithTheHeadersThatProxiesNeed() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect()) {
            server.put(S, "application/octet-stream", "\u0001\u0002\u0003");
            reader.request("GET", EVENTS);
            RawConnection.Answer head = reader.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("content-type")).isEqualTo("text/event-stream");
            assertThat(head.header("cache-control")).contains("no-cache");
            assertThat(head.header("x-accel-buffering")).isEqualTo("no");
            assertThat(head.header("stream-sse-data-encoding")).isEqualTo("base64");
            assertThat(head.header("content-length")).isEmpty();
            assertThat(reader.chunk()).startsWith("event: data\ndata:AQID\n\nevent: control\n");
        }
    }

    @Test
    void followsEveryDataEventByAControlEventInTheSameChunk() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect()) {
            server.put(S, "text/plain");
            for (int i = 0; i < 3; i++) {
                server.post(S, "text/plain", "x".repeat(1 << 20));
            }
            reader.request("GET", EVENTS);
            assertThat(reader.head().status()).isEqualTo(200);
            for (int i = 0; i < 3; i++) {
                String events = reader.chunk();
                assertThat(count(events, "event: data\n")).isEqualTo(1);
                assertThat(count(events, "event: control\n")).isEqualTo(1);
                assertThat(events).endsWith("}\n\n");
                assertThat(events.contains("\"upToDate\":true")).isEqualTo(i == 2);
            }
            for (int i = 0; i < 3; i++) {
                server.post(S, "text/plain", "live" + i);
                assertThat(reader.chunk())
                        .startsWith("event: data\ndata:live" + i + "\n\nevent: control\ndata:{")
                        .contains("\"upToDate\":true")
                        .endsWith("}\n\n");
            }
        }
    }

    @Test
    void greetsReadersOfAnEmptyTail() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect()) {
            server.put(S, "text/plain", "old");
            reader.request("GET", S + "?offset=now&live=sse");
            assertThat(reader.head().status()).isEqualTo(200);
            assertThat(reader.chunk())
                    .startsWith("event: control\n")
                    .contains("_0000000000000003\"", "\"upToDate\":true");
        }
    }

    @Test
    void endsEventsWithTheStream() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect();
                RawConnection late = server.connect();
                RawConnection deleted = server.connect()) {
            server.put(S, "text/plain");
            beginEvents(reader);
            server.send("POST", S, "bye", "Content-Type", "text/plain", "Stream-Closed", "true");
            assertThat(reader.chunk())
                    .contains("data:bye\n", "\"streamClosed\":true", "\"upToDate\":true")
                    .doesNotContain("streamCursor");
            assertThat(reader.chunk()).isEmpty();
            reader.awaitEnd();

            late.request("GET", S + "?offset=now&live=sse");
            assertThat(late.head().status()).isEqualTo(200);
            assertThat(late.chunk()).contains("\"streamClosed\":true");
            assertThat(late.chunk()).isEmpty();

            server.put("/v1/stream/d", "text/plain");
            deleted.request("GET", "/v1/stream/d?offset=-1&live=sse");
            assertThat(deleted.head().status()).isEqualTo(200);
            assertThat(deleted.chunk()).contains("upToDate");
            server.send("DELETE", "/v1/stream/d", "");
            assertThat(deleted.chunk()).isEmpty();
            deleted.awaitEnd();
        }
    }

    @Test
    void endsEventsAfterTheirTime() throws Exception {
        try (TestServer server =
                        TestServer.startLimited(
                                directory, l -> l.withEventStreamLifetime(Duration.ofMillis(80)));
                RawConnection reader = server.connect()) {
            server.put(S, "text/plain");
            beginEvents(reader);
            assertThat(reader.chunk()).isEmpty();
            reader.awaitEnd();
        }
    }

    @Test
    void keepsAClientAheadThatComesWithTheCurrentCursor() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection first = server.connect();
                RawConnection second = server.connect()) {
            server.put(S, "text/plain", "a");
            first.request("GET", EVENTS);
            assertThat(first.head().status()).isEqualTo(200);
            long usual = cursor(first.chunk());
            second.request("GET", EVENTS + "&cursor=" + (usual + 10));
            assertThat(second.head().status()).isEqualTo(200);
            long ahead = cursor(second.chunk());
            assertThat(ahead).isGreaterThan(usual + 10);
            server.post(S, "text/plain", "b");
            String events = second.chunk();
            assertThat(events).contains("data:b\n");
            assertThat(cursor(events)).as("never goes back").isEqualTo(ahead);
            assertThat(cursor(first.chunk())).isBetween(usual, usual + 1);
        }
    }

    @Test
    void letsNoContentPassForAnEvent() throws Exception {
        List<String> attacks =
                List.of(
                        "safe\r\n\r\nevent: control\r\ndata: {\"evil\":1}\r\n\r\n",
                        "safe\n\nevent: control\ndata: {\"evil\":1}\n\n",
                        "safe\r\revent: control\rdata: {\"evil\":1}\r\r");
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect()) {
            server.put(S, "text/plain", String.join("", attacks));
            reader.request("GET", EVENTS);
            assertThat(reader.head().status()).isEqualTo(200);
            assertOneDataEvent(reader.chunk());
            for (String attack : attacks) {
                server.post(S, "text/plain", attack);
                assertOneDataEvent(reader.chunk());
            }
        }
    }

    private static void assertOneDataEvent(String events) {
        assertThat(events.lines().filter(line -> line.startsWith("event:")))
                .containsExactly("event: data", "event: control");
    }

    @Test
    void sendsACharacterWholeThatWasAppendedInParts() throws Exception {
        byte[] euro = "€".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (TestServer server = TestServer.start(directory);
                RawConnection reader = server.connect();
                RawConnection late = server.connect()) {
            server.put(S, "text/plain");
            beginEvents(reader);
            append(server, new byte[] {'a', euro[0], euro[1]});
            String events = reader.chunk();
            assertThat(events).contains("data:a\n\n", "_0000000000000001\"");
            assertThat(events).doesNotContain("upToDate");
            late.request("GET", EVENTS);
            assertThat(late.head().status()).isEqualTo(200);
            assertThat(late.chunk()).contains("data:a\n\n");
            append(server, new byte[] {euro[2], 'b'});
            for (RawConnection each : List.of(reader, late)) {
                assertThat(each.chunk()).contains("data:€b\n\n", "_0000000000000005\"", "upToDate");
            }
        }
    }

    @Test
    void bringsOneTailToManyReadersOnEveryLoop() throws Exception {
        try (TestServer server = TestServer.start(directory, s -> s.withEventLoops(3))) {
            server.put(S, "application/json");
            List<RawConnection> readers = new ArrayList<>();
            try {
                for (int i = 0; i < 60; i++) {
                    RawConnection reader = server.connect();
                    readers.add(reader);
                    beginEvents(reader);
                }
                for (int i = 0; i < 20; i++) {
                    server.post(S, "application/json", "{\"n\":" + i + "}");
                }
                for (RawConnection reader : readers) {
                    var all = new StringBuilder();
                    while (all.indexOf("{\"n\":19}") < 0) {
                        all.append(reader.chunk());
                    }
                    assertThat(all.toString().split("\"n\":", -1)).hasSize(21);
                }
            } finally {
                for (RawConnection reader : readers) {
                    reader.close();
                }
            }
        }
    }

    /// A reader that is not woken waits for longer than its connection's time limit.
    @ParameterizedTest
    @EnumSource(LeaderMode.class)
    void losesNoWakeUpWhileManyAppendAndManyWait(LeaderMode leader) throws Exception {
        int writers = 4;
        int appends = 50;
        try (TestServer server =
                        TestServer.start(
                                directory, s -> s.withEventLoops(3), Clock.systemUTC(), leader);
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            server.put(S, "text/plain");
            List<Future<String>> readers = new ArrayList<>();
            int bytes = writers * appends * "1-001;".length();
            for (int i = 0; i < 8; i++) {
                readers.add(tasks.submit(() -> followByPolls(server, bytes)));
                readers.add(tasks.submit(() -> followByEvents(server, bytes)));
            }
            List<Future<?>> writing = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                writing.add(tasks.submit(() -> append(server, writer, appends)));
            }
            for (Future<?> each : writing) {
                each.get(60, TimeUnit.SECONDS);
            }
            String content = server.get(S).body();
            assertThat(content).hasSize(bytes);
            for (Future<String> reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(content);
            }
        }
    }

    private static Void append(TestServer server, int writer, int appends) throws IOException {
        try (RawConnection connection = server.connect()) {
            for (int i = 0; i < appends; i++) {
                connection.send(
                        "POST "
                                + S
                                + " HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n"
                                + "Content-Length: 6\r\n\r\n"
                                + "%d-%03d;".formatted(writer, i));
                assertThat(connection.answer().status()).isEqualTo(204);
            }
        }
        return null;
    }

    private static String followByPolls(TestServer server, int bytes) throws IOException {
        var all = new StringBuilder();
        String offset = "-1";
        try (RawConnection connection = server.connect()) {
            while (all.length() < bytes) {
                connection.request("GET", S + "?offset=" + offset + "&live=long-poll");
                RawConnection.Answer answer = connection.answer();
                assertThat(answer.status()).isEqualTo(200);
                all.append(answer.body());
                offset = answer.header("stream-next-offset");
            }
        }
        return all.toString();
    }

    private static String followByEvents(TestServer server, int bytes) throws IOException {
        var all = new StringBuilder();
        try (RawConnection connection = server.connect()) {
            connection.request("GET", EVENTS);
            assertThat(connection.head().status()).isEqualTo(200);
            while (all.length() < bytes) {
                String events = connection.chunk();
                if (events.startsWith("event: data\ndata:")) {
                    int start = "event: data\ndata:".length();
                    all.append(events, start, events.indexOf("\n\n"));
                }
            }
        }
        return all.toString();
    }

    @Test
    void doesNotLetAReaderThatReadsNothingTakeMemoryOrTime() throws Exception {
        int appends = 24;
        try (TestServer server = TestServer.start(directory);
                RawConnection stuck = new RawConnection(server.server().address(), 4096);
                RawConnection reader = server.connect()) {
            server.put(S, "application/octet-stream");
            beginEvents(stuck);
            beginEvents(reader);
            byte[] megabyte = new byte[1 << 20];
            long before = UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            long most = 0;
            long received = 0;
            for (int i = 0; i < appends; i++) {
                HttpResponse<String> appended =
                        server.send(
                                "POST",
                                S,
                                BodyPublishers.ofByteArray(megabyte),
                                "Content-Type",
                                "application/octet-stream");
                assertThat(appended.statusCode()).as(appended.body()).isEqualTo(204);
                while (received < (long) (i + 1) << 20) {
                    received += payloadBytes(reader.chunk());
                }
                long used = UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
                most = Math.max(most, used - before);
            }
            assertThat(received).isEqualTo((long) appends << 20);
            assertThat(most).as("bytes held for readers").isLessThan(8L << 20);

            // It was not forgotten: when it reads again it gets everything.
            long caughtUp = 0;
            while (caughtUp < (long) appends << 20) {
                caughtUp += payloadBytes(stuck.chunk());
            }
            assertThat(caughtUp).isEqualTo((long) appends << 20);
        }
    }

    @Test
    void closesAConnectionWhoseClientTakesNothing() throws Exception {
        try (TestServer server =
                        TestServer.startLimited(
                                directory,
                                l ->
                                        l.withStalledTimeout(Duration.ofMillis(200))
                                                .withWaitersMax(1));
                RawConnection stuck = new RawConnection(server.server().address(), 4096)) {
            server.put(S, "application/octet-stream");
            beginEvents(stuck);
            for (int i = 0; i < 8; i++) {
                server.send(
                        "POST",
                        S,
                        BodyPublishers.ofByteArray(new byte[1 << 20]),
                        "Content-Type",
                        "application/octet-stream");
            }
            untilEventsAreAnswered(server, 200);
        }
    }

    // --- what these have in common ---

    /// Begins a poll for what comes after now; it does not matter how soon it arrives.
    private static void beginPoll(TestServer server, RawConnection reader) throws Exception {
        HttpResponse<String> head = server.send("HEAD", S, BodyPublishers.noBody());
        String tail = TestServer.header(head, "Stream-Next-Offset");
        reader.request("GET", S + "?offset=" + tail + "&live=long-poll");
    }

    private static void beginEvents(RawConnection reader) throws IOException {
        reader.request("GET", EVENTS);
        assertThat(reader.head().status()).isEqualTo(200);
        assertThat(reader.chunk()).contains("upToDate");
    }

    /// Asks for events until the answer is as expected, and returns its head.
    private static RawConnection.Answer untilEventsAreAnswered(TestServer server, int status)
            throws IOException {
        while (true) {
            try (RawConnection reader = server.connect()) {
                reader.request("GET", EVENTS);
                RawConnection.Answer head = reader.head();
                if (head.status() == status) {
                    return head;
                }
            }
        }
    }

    private static void append(TestServer server, byte[] bytes) throws Exception {
        server.send("POST", S, BodyPublishers.ofByteArray(bytes), "Content-Type", "text/plain");
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    private static long payloadBytes(String events) {
        if (!events.startsWith("event: data\ndata:")) {
            return 0;
        }
        String text = events.substring("event: data\ndata:".length(), events.indexOf("\n\n"));
        return Base64.getDecoder().decode(text).length;
    }

    private static long cursor(String events) {
        String marker = "\"streamCursor\":\"";
        int at = events.lastIndexOf(marker) + marker.length();
        return Long.parseLong(events.substring(at, events.indexOf('"', at)));
    }
}
