package dev.siltstone.bench;

import java.net.InetSocketAddress;
import java.net.URI;

/// The server under load, and where on it streams may be made.
///
/// @param host as the `Host` header names it, with port
/// @param address to connect to
/// @param path what stream paths begin with; begins and ends with a slash
public record Target(String host, InetSocketAddress address, String path) {
    private static final String DEFAULT_PATH = "/v1/stream/";
    private static final int HTTP_PORT = 80;

    /// Reads a URL such as `http://127.0.0.1:4437` or `http://127.0.0.1:4437/v1/stream/`; without a path
    /// streams are made under `/v1/stream/`.
    ///
    /// @throws IllegalArgumentException if it is none that this can drive; the message says why
    public static Target of(URI uri) {
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + uri + "' is no plain http URL; write for example http://127.0.0.1:4437");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + uri + "' has a query or a fragment");
        }
        int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
        InetSocketAddress address = new InetSocketAddress(uri.getHost(), port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("'" + uri + "': there is no host of that name");
        }
        return new Target(uri.getHost() + ":" + port, address, path(uri.getRawPath()));
    }

    private static String path(String raw) {
        if (raw.isEmpty() || raw.equals("/")) {
            return DEFAULT_PATH;
        }
        return raw.endsWith("/") ? raw : raw + "/";
    }
}
