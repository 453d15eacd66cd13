package dev.siltstone.cli;

import static dev.siltstone.cli.ScriptedServer.answer;
import static dev.siltstone.cli.ScriptedServer.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class TailCommandTest {
    private static final String HEAD_OF_JSON =
            answer(
                    "200 OK",
                    "Content-Type: application/json\r\nStream-Next-Offset: 9\r\nConnection: close\r\n",
                    "");
    private static final String EVENTS =
            "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n";

    private static String data(String data) {
        return "event: data\ndata:" + data + "\n\n";
    }

    private static String control(String facts) {
        return "event: control\ndata:{" + facts + "}\n\n";
    }

    @Test
    void goesOnAfterBrokenConnectionWithoutRepetition() throws IOException {
        String first =
                chunk(data("[1,2]") + control("\"streamNextOffset\":\"a2\",\"streamCursor\":\"7\""))
                        + chunk(data("[3]"));
        String second =
                chunk(data("[3,4]") + control("\"streamNextOffset\":\"a4\",\"streamClosed\":true"));
        try (ScriptedServer server =
                new ScriptedServer(
                        HEAD_OF_JSON,
                        answer("200 OK", EVENTS, first),
                        answer("200 OK", EVENTS, second))) {
            CountDownLatch seen = new CountDownLatch(1);
            server.hold(1, seen);
            CommandRun tail =
                    CommandRun.watched(
                            seen::countDown, "stream", "tail", "--offset", "-1", server.url());
            assertThat(tail.err()).contains("trying again from offset a2");
            assertThat(tail.out()).isEqualTo("1\n2\n3\n4\n");
            assertThat(tail.exitCode()).isZero();
            assertThat(server.requestLines())
                    .containsExactly(
                            "HEAD /v1/stream/x HTTP/1.1",
                            "GET /v1/stream/x?live=sse&offset=-1 HTTP/1.1",
                            "GET /v1/stream/x?cursor=7&live=sse&offset=a2 HTTP/1.1");
        }
    }

    @Test
    void waitsLongerEachTimeWhileServerIsOverloaded() throws IOException {
        String overloaded =
                answer("503 Service Unavailable", "Content-Length: 0\r\nConnection: close\r\n", "");
        String end = chunk(control("\"streamNextOffset\":\"9\",\"streamClosed\":true"));
        try (ScriptedServer server =
                new ScriptedServer(
                        HEAD_OF_JSON,
                        overloaded,
                        overloaded,
                        overloaded,
                        answer("200 OK", EVENTS, end))) {
            CommandRun tail = new CommandRun("stream", "tail", "--offset", "9", server.url());
            assertThat(tail.pauses()).containsExactly(100L, 200L, 400L);
            assertThat(tail.exitCode()).isZero();
            assertThat(tail.err().lines()).hasSize(1);
        }
    }

    @Test
    void endsWhenStreamIsDeleted() throws IOException {
        String gone = answer("404 Not Found", "Content-Length: 0\r\nConnection: close\r\n", "");
        try (ScriptedServer server = new ScriptedServer(HEAD_OF_JSON, gone)) {
            CommandRun tail = new CommandRun("stream", "tail", "--offset", "9", server.url());
            assertThat(tail.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        }
    }

    @Test
    void keepsLineEndsOfTextByLongPolls() throws IOException {
        String head =
                answer(
                        "200 OK",
                        "Content-Type: text/plain\r\nStream-Next-Offset: 0\r\nConnection: close\r\n",
                        "");
        String poll =
                answer(
                        "200 OK",
                        String.join(
                                "\r\n",
                                "Content-Type: text/plain",
                                "Stream-Next-Offset: 5",
                                "Stream-Closed: true",
                                "Content-Length: 5",
                                ""),
                        "a\r\nb\r");
        try (ScriptedServer server = new ScriptedServer(head, poll)) {
            CommandRun tail = new CommandRun("stream", "tail", server.url());
            assertThat(tail.out()).isEqualTo("a\r\nb\r");
            assertThat(server.requestLines())
                    .containsExactly(
                            "GET /v1/stream/x?offset=now HTTP/1.1",
                            "GET /v1/stream/x?live=long-poll&offset=0 HTTP/1.1");
        }
    }

    @Test
    void givesUpWhenServerWasNeverThere() {
        CommandRun tail = new CommandRun("stream", "tail", "http://127.0.0.1:1/v1/stream/x");
        assertThat(tail.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(tail.pauses()).isEmpty();
    }
}
