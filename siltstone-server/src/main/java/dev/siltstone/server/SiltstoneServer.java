package dev.siltstone.server;

import dev.siltstone.stream.StreamLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// A log of streams, served over HTTP. Owns no storage: whoever opened the log closes it, after
/// [#stop()].
///
/// Thread-safe.
public final class SiltstoneServer {
    private SiltstoneServer() {}

    /// Begins to serve `log`.
    ///
    /// @param clock for cursors, expiry of cached replies and the age of the token file
    /// @param random spreads cursors and the ends of event streams
    /// @throws IOException if the port cannot be had, or if the settings would let strangers in; the
    ///     message says what to do
    public static SiltstoneServer start(
            StreamLog log, ServerSettings settings, InstantSource clock, RandomGenerator random)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns where clients reach it; the port is the real one.
    public InetSocketAddress address() {
        throw new UnsupportedOperationException();
    }

    /// Returns the base of its URLs, like `http://127.0.0.1:4437`.
    public String url() {
        throw new UnsupportedOperationException();
    }

    /// Takes no more connections, answers the requests that were accepted, ends long polls and event
    /// streams in good order and closes all connections; cuts off what is not done after the stop
    /// timeout. Does not close the log. Without effect the second time.
    public void stop() {
        throw new UnsupportedOperationException();
    }
}
