package dev.siltstone.cli;

import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How long a new stream lives: either of two options.
final class LifetimeOptions {
    @Option(
            names = "--ttl",
            paramLabel = "SECONDS",
            description = "Expire after so many seconds without a read or write.")
    private @Nullable Long ttlSeconds;

    @Option(
            names = "--expires-at",
            paramLabel = "TIME",
            description = "Expire at this time (RFC 3339, as in 2030-01-31T12:00:00Z).")
    private @Nullable String expiresAt;

    void addTo(HttpRequest.Builder request) {
        if (ttlSeconds != null) {
            request.header("Stream-TTL", ttlSeconds.toString());
        }
        if (expiresAt != null) {
            request.header("Stream-Expires-At", expiresAt);
        }
    }
}
