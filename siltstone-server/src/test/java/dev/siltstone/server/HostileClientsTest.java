package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that each do nothing wrong in a single request, but too much, too slowly or without end. One event
/// loop serves them and a good client, who is answered all the while.
class HostileClientsTest {
    private static final String S = "/v1/stream/s";
    private static final String POST =
            "POST " + S + " HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n";
    private static final String HEAD_BEGINS = "GET /health HTTP/1.1\r\nHost: test\r\n";

    @TempDir private Path directory;

    @AfterEach
    void forgetNoBuffer() {
        Leaks.assertNone();
    }

    // --- slow ---

    @Test
    void cutsOffAHeadThatDripsSteadily() throws Exception {
        assertIsCutOff(HEAD_BEGINS, "X: a\r\n");
    }

    @Test
    void cutsOffABodyThatDripsSteadily() throws Exception {
        assertIsCutOff(POST + "Content-Length: 1000000\r\n\r\n", "x");
    }

    @Test
    void cutsOffChunksThatDripSteadily() throws Exception {
        assertIsCutOff(POST + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n");
    }

    private void assertIsCutOff(String beginning, String drip) throws Exception {
        try (TestServer server =
                TestServer.startLimited(
                        directory, l -> l.withRequestTimeout(Duration.ofMillis(200)))) {
            server.put(
                    S,
                    "text/plain"); // first: a connection on which nothing comes is closed without a
            // word
            try (RawConnection slow = server.connect()) {
                slow.send(beginning);
                for (int i = 0; !slow.hasNews(); i++) {
                    slow.send(drip.substring(i % drip.length(), i % drip.length() + 1));
                    assertServes(server);
                }
                assertThat(slow.answer().status()).isEqualTo(408);
            }
            assertThat(server.get(S).body()).isEmpty();
        }
    }

    /// Each of these could have 64 KiB of head for as long as a request may take.
    @Test
    void keepsOfLongHeadsOnlyWhatTheyMayHaveTogether() throws Exception {
        int headBytes = 30_000;
        int budgetBytes = 1 << 20;
        int slowOnes = 30;
        List<RawConnection> slow = new ArrayList<>();
        try (TestServer server =
                TestServer.startLimited(
                        directory,
                        l ->
                                l.withBodyBytesInFlightMax(budgetBytes)
                                        .withBodyBytesMax(budgetBytes / 2))) {
            server.put(S, "text/plain");
            int refused = 0;
            for (int i = 0; i < slowOnes; i++) {
                RawConnection one = server.connect();
                slow.add(one);
                one.send(HEAD_BEGINS + "X: " + "a".repeat(headBytes));
            }
            while (refused < slowOnes - budgetBytes / 4 / headBytes) {
                refused = 0;
                for (RawConnection one : slow) {
                    refused += one.hasNews() ? 1 : 0;
                }
                assertServes(server);
            }
            for (RawConnection one : slow) {
                if (one.hasNews()) {
                    assertThat(one.answer().status()).isEqualTo(503);
                }
            }
            assertThat(server.post(S, "text/plain", "x".repeat(budgetBytes / 2)).statusCode())
                    .as("heads take nothing from bodies")
                    .isEqualTo(204);
        } finally {
            for (RawConnection one : slow) {
                one.close();
            }
        }
    }

    @Test
    void keepsRoomForShortBodiesWhileLongOnesAreSlow() throws Exception {
        int budgetBytes = 1 << 20;
        try (TestServer server =
                        TestServer.startLimited(
                                directory,
                                l ->
                                        l.withBodyBytesInFlightMax(budgetBytes)
                                                .withBodyBytesMax(budgetBytes / 4));
                RawConnection first = server.connect();
                RawConnection second = server.connect();
                RawConnection third = server.connect();
                RawConnection fourth = server.connect()) {
            server.put(S, "text/plain");
            int length = budgetBytes / 4;
            for (RawConnection slow : List.of(first, second, third, fourth)) {
                slow.send(POST + "Content-Length: " + length + "\r\n\r\n");
                slow.send("x".repeat(length - 1));
            }
            while (!first.hasNews() && !second.hasNews() && !third.hasNews() && !fourth.hasNews()) {
                assertServes(server);
            }
            assertThat(server.post(S, "text/plain", "y".repeat(60_000)).statusCode())
                    .isEqualTo(204);
        }
    }

    /// If all were let in and each refused halfway, none would be completed.
    @Test
    void refusesAtTheirHeadsWhatItHasNoRoomFor() throws Exception {
        int length = 60_000;
        List<RawConnection> senders = new ArrayList<>();
        try (TestServer server =
                TestServer.startLimited(
                        directory,
                        l -> l.withBodyBytesInFlightMax(3 * length).withBodyBytesMax(length))) {
            server.put(S, "text/plain");
            List<RawConnection> letIn = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                RawConnection sender = server.connect();
                senders.add(sender);
                sender.send(
                        POST + "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n");
                RawConnection.Answer answer = sender.answer();
                if (answer.status() == 100) {
                    letIn.add(sender);
                } else {
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.header("retry-after")).isEqualTo("1");
                }
            }
            assertThat(letIn).hasSize(3);
            for (RawConnection sender : letIn) {
                sender.send("x".repeat(length));
                assertThat(sender.answer().status()).isEqualTo(204);
            }
            assertThat(server.get(S).body()).hasSize(3 * length);
        } finally {
            for (RawConnection sender : senders) {
                sender.close();
            }
        }
    }

    // --- never reading ---

    @Test
    void readsNoFurtherWhenAClientTakesNoAnswers() throws Exception {
        try (TestServer server = TestServer.start(directory);
                SocketChannel greedy = SocketChannel.open(server.server().address())) {
            server.put(S, "text/plain", "x".repeat(100_000));
            greedy.configureBlocking(false);
            ByteBuffer requests =
                    ascii(("GET " + S + " HTTP/1.1\r\nHost: test\r\n\r\n").repeat(1000));
            long sent = 0;
            int refusedInARow = 0;
            while (refusedInARow < 50) {
                int written = greedy.write(requests);
                sent += written;
                refusedInARow = written > 0 ? 0 : refusedInARow + 1;
                if (!requests.hasRemaining()) {
                    requests.rewind();
                }
                assertServes(server);
                assertThat(sent).as("taken of one who never reads").isLessThan(32 << 20);
            }
        }
    }

    // --- many ---

    @Test
    void servesOthersWhileHeadersComeInAFlood() throws Exception {
        var fields = new StringBuilder(HEAD_BEGINS);
        for (int i = 0; i < 120; i++) {
            fields.append((char) ('a' + i % 26)).append(i).append(":\r\n");
        }
        byte[] heads =
                fields.append("\r\n").toString().repeat(50).getBytes(StandardCharsets.US_ASCII);
        try (TestServer server = TestServer.start(directory);
                RawConnection flood = server.connect()) {
            server.put(S, "text/plain");
            var over = new AtomicBoolean();
            var headers = new AtomicLong();
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> {
                        while (!over.get()) {
                            untilItEnds(() -> flood.sendBytes(heads));
                            headers.addAndGet(50 * 121);
                        }
                    });
            CompletableFuture<Void> taking =
                    CompletableFuture.runAsync(() -> untilItEnds(flood::awaitEnd));
            for (int i = 0; i < 5 || headers.get() < 6_050; i++) {
                assertThat(server.post(S, "text/plain", "m").statusCode()).isEqualTo(204);
            }
            over.set(true);
            flood.close();
            CompletableFuture.allOf(sending, taking).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void servesOthersWhileConnectionsComeAndGo() throws Exception {
        try (TestServer server =
                TestServer.startLimited(directory, l -> l.withConnectionsMax(50))) {
            for (int i = 0; i < 150; i++) {
                try (RawConnection silent = server.connect();
                        RawConnection halfway = server.connect()) {
                    halfway.send("GET /hea");
                }
            }
            RawConnection.Answer answer = null;
            while (answer == null || answer.status() == 503) { // the last ones may still be leaving
                try (RawConnection good = server.connect()) {
                    answer = good.request("GET", "/health").answer();
                }
            }
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @Test
    void holdsNoWorkerForBodiesThatAreRefused() throws Exception {
        String deep = "[".repeat(100_000);
        try (TestServer server = TestServer.start(directory)) {
            server.put(S, "application/json");
            for (int i = 0; i < 40; i++) { // more than there are workers
                assertThat(server.post(S, "application/json", deep).statusCode()).isEqualTo(400);
            }
            String fits = "[\"" + "x".repeat(100_000) + "\"]";
            assertThat(server.post(S, "application/json", fits).statusCode()).isEqualTo(204);
        }
    }

    // --- HTTP/2 ---

    @Test
    void endsAConnectionThatOpensAndResetsStreamsWithoutEnd() throws Exception {
        assertEndsHttp2(i -> {
            byte[] get = Http2Frames.get(1 + 2 * i, S);
            byte[] reset = Http2Frames.frame(3, 0, 1 + 2 * i, new byte[] {0, 0, 0, 8});
            return joined(get, reset);
        });
    }

    @Test
    void endsAConnectionWhoseHeadersContinueWithoutEnd() throws Exception {
        assertEndsHttp2(i ->
                i == 0
                        ? Http2Frames.frame(1, 1, 1, new byte[] {(byte) 0x82})
                        : Http2Frames.frame(9, 0, 1, new byte[0]));
    }

    @Test
    void endsAConnectionThatSendsEmptyDataWithoutEnd() throws Exception {
        assertEndsHttp2(i ->
                i == 0
                        ? Http2Frames.headers(1, "POST", S, false)
                        : Http2Frames.frame(0, 0, 1, new byte[0]));
    }

    @Test
    void endsAConnectionWhoseFrameIsTooLarge() throws Exception {
        assertEndsHttp2(i -> Http2Frames.frame(0, 0, 1, new byte[1 << 20]));
    }

    private interface Frames {
        byte[] frame(int i);
    }

    private void assertEndsHttp2(Frames frames) throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = server.connect()) {
            server.put(S, "text/plain");
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            connection.sendBytes(Http2Frames.settings());
            CompletableFuture<Void> ended =
                    CompletableFuture.runAsync(() -> untilItEnds(connection::awaitEnd));
            for (int i = 0; !ended.isDone(); i++) {
                try {
                    connection.sendBytes(frames.frame(i));
                } catch (IOException e) {
                    break; // it has ended
                }
                if (i % 100 == 0) {
                    assertServes(server);
                }
                assertThat(i).as("frames taken").isLessThan(100_000);
            }
            assertServes(server);
        }
    }

    // --- what these have in common ---

    private static void assertServes(TestServer server) throws Exception {
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private interface Step {
        void run() throws IOException;
    }

    /// Whatever ends a hostile connection is all right.
    private static void untilItEnds(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            // the end of it
        }
    }
}
