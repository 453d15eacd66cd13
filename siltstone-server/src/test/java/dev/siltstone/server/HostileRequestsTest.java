package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every request of [HostileRequests] against a real server, one after the other: each gets the one answer
/// that the table says, nothing of what follows it is taken for a request, no stream has changed, and a new
/// connection is served.
class HostileRequestsTest {
    private static final Path DOCUMENT = Path.of("../docs/hostile-requests.md");
    private static final String TABLE_BEGINS =
            "<!-- the table: written by HostileRequestsTest -->\n";

    private static final List<String> STREAMS =
            List.of(
                    "/v1/stream",
                    HostileRequests.TEXT,
                    HostileRequests.JSON,
                    HostileRequests.CLOSED,
                    HostileRequests.PRODUCED,
                    HostileRequests.DELETED,
                    "/v1/stream/fork");

    @TempDir private static Path directory;
    private static TestServer server;
    private static String before;

    @BeforeAll
    static void start() throws Exception {
        server =
                TestServer.startLimited(
                        directory, l -> l.withBodyBytesMax(HostileRequests.BODY_BYTES_MAX));
        server.put(HostileRequests.TEXT, "text/plain", "some text");
        server.put(HostileRequests.JSON, "application/json", "[1,{\"a\":2}]");
        server.put(HostileRequests.CLOSED, "text/plain", "the end");
        server.send("POST", HostileRequests.CLOSED, "", "Stream-Closed", "true");
        server.put(HostileRequests.PRODUCED, "text/plain");
        for (int sequence = 0; sequence <= 2; sequence++) {
            produce(sequence);
        }
        server.put(HostileRequests.DELETED, "text/plain", "deleted");
        server.send("PUT", "/v1/stream/fork", "", "Stream-Forked-From", HostileRequests.DELETED);
        server.send("DELETE", HostileRequests.DELETED, "");
        before = everything();
        assertThat(before).contains("some text", "m0m1m2", "deleted");
    }

    private static void produce(int sequence) throws Exception {
        server.send(
                "POST",
                HostileRequests.PRODUCED,
                "m" + sequence,
                "Content-Type",
                "text/plain",
                "Producer-Id",
                "p",
                "Producer-Epoch",
                "5",
                "Producer-Seq",
                Integer.toString(sequence),
                "Stream-Seq",
                "b" + sequence);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        Leaks.assertNone();
    }

    static List<HostileRequest> requests() {
        return HostileRequests.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void isAnsweredAndChangesNothing(HostileRequest request) throws Exception {
        try (RawConnection connection = server.connect()) {
            connection.sendBytes(request.bytes());
            if (request.hangUp()) {
                connection.hangUp();
            }
            if (request.status() != 0) {
                RawConnection.Answer answer = connection.answer();
                assertThat(answer.status()).as(answer.body()).isEqualTo(request.status());
                assertThat(answer.body()).contains(request.says());
            }
            if (request.kept()) {
                connection.request("GET", "/health");
                assertThat(connection.answer().body()).contains("version");
            } else {
                assertThat(connection.rest()).as("after the one answer").isEmpty();
            }
        }
        assertThat(everything()).isEqualTo(before);
    }

    /// Returns what all streams hold, by way of a connection of its own.
    private static String everything() throws IOException {
        var all = new StringBuilder();
        try (RawConnection connection = server.connect()) {
            for (String path : STREAMS) {
                connection.request("GET", path);
            }
            for (int i = 0; i < STREAMS.size(); i++) {
                RawConnection.Answer answer = connection.answer();
                all.append(answer.status()).append(' ').append(answer.body()).append('\n');
            }
        }
        return all.toString();
    }

    /// To write the document anew: `-Dsiltstone.documents.write=true`.
    @Test
    void isWhatTheDocumentShows() throws IOException {
        String document = Files.readString(DOCUMENT);
        int table = document.indexOf(TABLE_BEGINS) + TABLE_BEGINS.length();
        String expected = document.substring(0, table) + table();
        if (Boolean.getBoolean("siltstone.documents.write")) {
            Files.writeString(DOCUMENT, expected);
        }
        assertThat(Files.readString(DOCUMENT)).isEqualTo(expected);
    }

    private static String table() {
        var text = new StringBuilder();
        String group = "";
        for (HostileRequest request : HostileRequests.all()) {
            if (!request.group().equals(group)) {
                group = request.group();
                text.append("\n## ").append(group).append("\n\n");
                text.append("| what | as sent | answer |\n|---|---|---|\n");
            }
            text.append("| ").append(cell(request.name()));
            text.append(" | `").append(cell(request.shown())).append("` | ");
            text.append(answer(request)).append(" |\n");
        }
        return text.toString();
    }

    private static String answer(HostileRequest request) {
        if (request.status() == 0) {
            return "none; ends";
        }
        String says = request.says().isEmpty() ? "" : " " + cell(request.says());
        return request.status() + says + (request.kept() ? "" : "; ends");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\r", "\\r").replace("\u00e4", "\\xe4");
    }
}
