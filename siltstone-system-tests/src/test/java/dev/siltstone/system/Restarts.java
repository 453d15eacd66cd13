package dev.siltstone.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Kills a server and starts it again on the same port whenever somebody asks for it by HTTP: a POST, answered
/// with 204 once the new one serves, or 500.
///
/// One request at a time.
final class Restarts implements AutoCloseable {
    /// Starts a server.
    interface Start {
        /// @param port 0 for any
        ServerProcess at(int port) throws IOException;
    }

    private final Start start;
    private final HttpServer asked;
    private ServerProcess server;
    private int count;
    private final StringBuilder said = new StringBuilder();

    private Restarts(Start start) throws IOException {
        this.start = start;
        this.server = start.at(0);
        this.asked =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    static Restarts of(Start start) throws IOException {
        var restarts = new Restarts(start);
        restarts.asked.createContext("/", restarts::answer);
        restarts.asked.start();
        return restarts;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(isRestarted() ? 204 : 500, -1);
        }
    }

    private synchronized boolean isRestarted() {
        try {
            restart();
            return true;
        } catch (IOException e) {
            said.append(e);
            return false;
        }
    }

    private void restart() throws IOException {
        server.kill();
        ServerProcess killed = server;
        said.append(killed.errors());
        server = start.at(killed.port());
        killed.close();
        count++;
    }

    /// Returns where to ask for a restart.
    String url() {
        InetSocketAddress address = asked.getAddress();
        return "http://127.0.0.1:" + address.getPort() + "/";
    }

    /// Returns what all servers said on standard error, and why one could not be started.
    synchronized String errors() {
        return said + server.errors();
    }

    /// Returns the server of the moment.
    synchronized ServerProcess server() {
        return server;
    }

    /// Returns how many restarts there were.
    synchronized int count() {
        return count;
    }

    @Override
    public synchronized void close() {
        asked.stop(0);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
