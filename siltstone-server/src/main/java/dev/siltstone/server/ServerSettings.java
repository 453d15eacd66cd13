package dev.siltstone.server;

import dev.siltstone.server.http.HttpLimits;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a server is told at its start.
///
/// @param address where to listen; the loopback address unless `tokenFile` or `insecure` is set
/// @param port 0 for any that is free
/// @param tokenFile bearer tokens, one a line; `null` lets everybody in
/// @param insecure whether anybody who reaches `address` may do everything
/// @param corsOrigin what browsers are told in `Access-Control-Allow-Origin`
/// @param eventLoops threads that serve connections; 0 for half the cores, at least 1, at most
///     [#EVENT_LOOPS_MAX]
/// @param stopTimeout how long [SiltstoneServer#stop()] waits for requests that were accepted
/// @param limits bounds of requests, connections and waiting
public record ServerSettings(
        InetAddress address,
        int port,
        @Nullable Path tokenFile,
        boolean insecure,
        String corsOrigin,
        int eventLoops,
        Duration stopTimeout,
        HttpLimits limits) {
    /// The port that the protocol proposes.
    public static final int DEFAULT_PORT = 4437;

    /// Bound of the number of event loops that is chosen when none is given.
    public static final int EVENT_LOOPS_MAX = 8;

    public ServerSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        if (eventLoops < 0) {
            throw new IllegalArgumentException("event loops below 0: " + eventLoops);
        }
        if (stopTimeout.isNegative()) {
            throw new IllegalArgumentException("stop timeout below 0: " + stopTimeout);
        }
    }

    /// Returns the settings of a server for this machine alone: the loopback address, port
    /// [#DEFAULT_PORT], no tokens.
    public static ServerSettings defaults() {
        return new ServerSettings(
                InetAddress.ofLiteral("127.0.0.1"),
                DEFAULT_PORT,
                null,
                false,
                "*",
                0,
                Duration.ofSeconds(10),
                HttpLimits.defaults());
    }

    public ServerSettings withAddress(InetAddress value) {
        return new ServerSettings(
                value, port, tokenFile, insecure, corsOrigin, eventLoops, stopTimeout, limits);
    }

    public ServerSettings withPort(int value) {
        return new ServerSettings(
                address, value, tokenFile, insecure, corsOrigin, eventLoops, stopTimeout, limits);
    }

    public ServerSettings withTokenFile(@Nullable Path value) {
        return new ServerSettings(
                address, port, value, insecure, corsOrigin, eventLoops, stopTimeout, limits);
    }

    public ServerSettings withInsecure(boolean value) {
        return new ServerSettings(
                address, port, tokenFile, value, corsOrigin, eventLoops, stopTimeout, limits);
    }

    public ServerSettings withCorsOrigin(String value) {
        return new ServerSettings(
                address, port, tokenFile, insecure, value, eventLoops, stopTimeout, limits);
    }

    public ServerSettings withEventLoops(int value) {
        return new ServerSettings(
                address, port, tokenFile, insecure, corsOrigin, value, stopTimeout, limits);
    }

    public ServerSettings withStopTimeout(Duration value) {
        return new ServerSettings(
                address, port, tokenFile, insecure, corsOrigin, eventLoops, value, limits);
    }

    public ServerSettings withLimits(HttpLimits value) {
        return new ServerSettings(
                address, port, tokenFile, insecure, corsOrigin, eventLoops, stopTimeout, value);
    }
}
