package dev.siltstone.server;

import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import dev.siltstone.server.http.HttpLimits;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamLogSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// A server on a port of its own over a log in a directory of its own, and a client for it.
final class TestServer implements AutoCloseable {
    /// Small, because making a file is most of what a short test takes.
    private static final long JOURNAL_FILE_BYTES = 4 << 20;

    private final StreamLog log;
    private final SiltstoneServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    private TestServer(StreamLog log, SiltstoneServer server) {
        this.log = log;
        this.server = server;
    }

    static TestServer start(Path directory) throws IOException {
        return start(directory, settings -> settings);
    }

    static TestServer startLimited(Path directory, UnaryOperator<HttpLimits> limits)
            throws IOException {
        return start(directory, settings -> settings.withLimits(limits.apply(settings.limits())));
    }

    static TestServer start(Path directory, UnaryOperator<ServerSettings> change)
            throws IOException {
        return start(directory, change, Clock.systemUTC());
    }

    static TestServer start(
            Path directory, UnaryOperator<ServerSettings> change, InstantSource clock)
            throws IOException {
        return start(directory, change, clock, LeaderMode.CALLER);
    }

    /// @param leader whether the event loops lead the log, or a thread of its own does
    static TestServer start(
            Path directory,
            UnaryOperator<ServerSettings> change,
            InstantSource clock,
            LeaderMode leader)
            throws IOException {
        Leaks.watch();
        ServerSettings settings =
                ServerSettings.defaults().withPort(0).withStopTimeout(Duration.ofSeconds(5));
        StreamLog log =
                StreamLog.open(
                        directory,
                        StreamLogSettings.defaults()
                                .withJournal(JournalSettings.ofFileBytes(JOURNAL_FILE_BYTES))
                                .withLeader(leader));
        try {
            return new TestServer(
                    log,
                    SiltstoneServer.start(
                            log, change.apply(settings), clock, new SplittableRandom(1)));
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    StreamLog log() {
        return log;
    }

    SiltstoneServer server() {
        return server;
    }

    RawConnection connect() throws IOException {
        return new RawConnection(server.address());
    }

    URI uri(String path) {
        return URI.create(server.url() + path);
    }

    /// Sends a request; `headers` are names and values in turn.
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(method, path, BodyPublishers.ofString(body), headers);
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> put(String path, String contentType)
            throws IOException, InterruptedException {
        return put(path, contentType, "");
    }

    HttpResponse<String> put(String path, String contentType, String body)
            throws IOException, InterruptedException {
        return send("PUT", path, body, "Content-Type", contentType);
    }

    HttpResponse<String> post(String path, String contentType, String body)
            throws IOException, InterruptedException {
        return send("POST", path, body, "Content-Type", contentType);
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.stop();
        log.close();
    }
}
