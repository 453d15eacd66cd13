package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Catch-up reads of what was settled: long content goes from its file to the client, and is the same.
@Timeout(60)
class StoredReadTest {
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    @TempDir Path data;

    @Test
    void sendsWhatWasSettledAsItWasAppended() throws Exception {
        try (TestServer server = TestServer.start(data)) {
            server.put("/v1/stream/text", TEXT);
            server.put("/v1/stream/json", JSON);
            var text = new StringBuilder();
            var json = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                String part = ("part " + i + ";").repeat(20_000);
                server.post("/v1/stream/text", TEXT, part);
                server.post("/v1/stream/json", JSON, "[\"" + part + "\",1.0]");
                text.append(part);
                json.append(i == 0 ? "[\"" : ",\"").append(part).append("\",1.0");
            }
            awaitSegment();

            assertThat(readAll(server, "/v1/stream/text", "")).isEqualTo(text.toString());
            String messages = readAll(server, "/v1/stream/json", ",");
            assertThat(messages).isEqualTo(json.substring(1));
        }
    }

    @Test
    void saysThatNothingIsNewWithoutSendingAnything() throws Exception {
        try (TestServer server = TestServer.start(data)) {
            fill(server);
            HttpResponse<String> first = server.get("/v1/stream/s?offset=-1");
            String tag = TestServer.header(first, "ETag");
            HttpResponse<String> again = server.get("/v1/stream/s?offset=-1", "If-None-Match", tag);

            assertThat(first.body()).hasSize(1 << 20);
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
        }
    }

    /// A region of a file has no bytes in memory that could be seen to stand still, if it is not counted.
    @Test
    void endsTheConnectionOfAClientThatTakesNothing() throws Exception {
        try (TestServer server =
                TestServer.startLimited(
                        data, limits -> limits.withStalledTimeout(Duration.ofMillis(200)))) {
            fill(server);
            try (var connection = new RawConnection(server.server().address(), 4096)) {
                for (int i = 0; i < 20; i++) {
                    connection.request("GET", "/v1/stream/s?offset=-1");
                }
                connection.awaitResetWithoutReading();
            }
        }
    }

    private void fill(TestServer server) throws Exception {
        server.put("/v1/stream/s", TEXT);
        for (int i = 0; i < 8; i++) {
            server.post("/v1/stream/s", TEXT, "x".repeat(1 << 20));
        }
        awaitSegment();
    }

    private void awaitSegment() throws IOException {
        while (count("00") + count("promoted") == 0) {
            Thread.onSpinWait();
        }
    }

    private long count(String place) throws IOException {
        Path directory = data.resolve("segments").resolve(place);
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().matches(".*\\.(segment|journal)")).count();
        }
    }

    private static String readAll(TestServer server, String path, String between) throws Exception {
        var all = new StringBuilder();
        String offset = "-1";
        boolean more = true;
        while (more) {
            HttpResponse<String> answer = server.get(path + "?offset=" + offset);
            assertThat(answer.statusCode()).isEqualTo(200);
            String body = answer.body();
            boolean brackets = !between.isEmpty();
            all.append(all.isEmpty() ? "" : between)
                    .append(brackets ? body.substring(1, body.length() - 1) : body);
            offset = TestServer.header(answer, "Stream-Next-Offset");
            more = TestServer.header(answer, "Stream-Up-To-Date").isEmpty();
        }
        return all.toString();
    }
}
