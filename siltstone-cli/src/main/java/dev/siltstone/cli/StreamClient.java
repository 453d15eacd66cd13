package dev.siltstone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Talks to any Durable Streams server. Sends every request once: whoever wants to repeat one must know
/// that it may have taken effect.
///
/// Thread-safe.
final class StreamClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();
    private final Duration timeout;
    private final @Nullable String token;

    /// @param timeout for the head of an answer
    StreamClient(Duration timeout, @Nullable String token) {
        this.timeout = timeout;
        this.token = token;
    }

    /// Begins a request without a body.
    HttpRequest.Builder request(String method, URI uri) {
        return request(method, uri, BodyPublishers.noBody());
    }

    HttpRequest.Builder request(String method, URI uri, byte[] body) {
        return request(
                method,
                uri,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    }

    private HttpRequest.Builder request(String method, URI uri, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(timeout).method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// @throws CommandFailure if the server refused, or there was no answer: then the message says whether
    ///     the request may have taken effect
    Reply send(HttpRequest request) throws CommandFailure, InterruptedException {
        Reply reply = exchange(request);
        if (!Refusals.isRefusal(reply)) {
            return reply;
        }
        try (reply) {
            throw Refusals.of(request.uri(), reply);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILURE, request.uri() + ": " + e.getMessage(), e);
        }
    }

    private Reply exchange(HttpRequest request) throws CommandFailure, InterruptedException {
        try {
            return new Reply(http.send(request, BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, request.uri() + ": " + reason(request, e), e);
        }
    }

    private static String reason(HttpRequest request, IOException failure) {
        if (failure instanceof ConnectException) {
            return isUnresolved(failure)
                    ? "there is no host of that name"
                    : "cannot connect; does the server run?";
        }
        String what =
                failure instanceof HttpTimeoutException
                        ? "no answer in time"
                        : "no answer: " + failure.getMessage();
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return reads ? what : what + "; whether it took effect is unknown";
    }

    private static boolean isUnresolved(@Nullable Throwable failure) {
        return failure instanceof UnresolvedAddressException
                || (failure != null && isUnresolved(failure.getCause()));
    }

    /// Reads the whole body of an answer that is known to be small.
    static byte[] small(Reply reply) throws IOException {
        try (InputStream body = reply.body()) {
            return body.readAllBytes();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
