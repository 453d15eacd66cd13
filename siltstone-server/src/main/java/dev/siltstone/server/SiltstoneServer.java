package dev.siltstone.server;

import dev.siltstone.server.http.Access;
import dev.siltstone.server.http.HttpLimits;
import dev.siltstone.server.http.HttpListener;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamReader;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A log of streams, served over HTTP. Owns no storage: whoever opened the log closes it, after
/// [#stop()].
///
/// Thread-safe.
public final class SiltstoneServer {
    private static final Logger LOGGER = LoggerFactory.getLogger(SiltstoneServer.class);

    private final HttpListener listener;
    private final ServerSettings settings;

    private SiltstoneServer(HttpListener listener, ServerSettings settings) {
        this.listener = listener;
        this.settings = settings;
    }

    /// Begins to serve `log`.
    ///
    /// @param clock for cursors, expiry of cached replies and the age of the token file
    /// @param random spreads cursors and the ends of event streams
    /// @throws IOException if the port cannot be had, or if the settings would let strangers in; the
    ///     message says what to do
    public static SiltstoneServer start(
            StreamLog log, ServerSettings settings, InstantSource clock, RandomGenerator random)
            throws IOException {
        Path tokenFile = settings.tokenFile();
        if (tokenFile == null && !settings.insecure() && !settings.address().isLoopbackAddress()) {
            throw new IOException(
                    "on "
                            + settings.address().getHostAddress()
                            + " others than this machine could read and write every stream: give a"
                            + " token file (--token-file FILE), or say that this is meant"
                            + " (--insecure)");
        }
        Access access = tokenFile == null ? Access.OPEN : TokenFile.open(tokenFile, clock);
        HttpListener listener =
                HttpListener.start(
                        log,
                        new InetSocketAddress(settings.address(), settings.port()),
                        eventLoops(settings),
                        fitting(settings.limits()),
                        access,
                        settings.corsOrigin(),
                        version(),
                        clock,
                        random);
        return new SiltstoneServer(listener, settings);
    }

    /// Lowers bounds to what this process has memory and descriptors for.
    private static HttpLimits fitting(HttpLimits limits) {
        return withinDescriptors(withinHeap(limits, Runtime.getRuntime().maxMemory()));
    }

    /// Lowers what may be in flight to parts of the heap: an eighth for requests, whose bytes are copied
    /// once more on their way into the log, and a quarter for replies; one of the largest in any case.
    static HttpLimits withinHeap(HttpLimits limits, long heapBytes) {
        long requests = Math.max(heapBytes / 8, limits.bodyBytesMax());
        long replies = Math.max(heapBytes / 4, StreamReader.CHUNK_BYTES);
        return limits.withBodyBytesInFlightMax(Math.min(limits.bodyBytesInFlightMax(), requests))
                .withReplyBytesInFlightMax(Math.min(limits.replyBytesInFlightMax(), replies));
    }

    private static HttpLimits withinDescriptors(HttpLimits limits) {
        int wanted = limits.connectionsMax();
        int possible = Descriptors.connectionsMax(wanted, Descriptors.max());
        if (possible < wanted) {
            LOGGER.info(
                    "at most {} connections instead of {}: this process may open only {} files; raise"
                            + " that (ulimit -n) to have more",
                    possible,
                    wanted,
                    Descriptors.max());
        }
        return limits.withConnectionsMax(possible);
    }

    private static int eventLoops(ServerSettings settings) {
        return settings.eventLoops() > 0
                ? settings.eventLoops()
                : Math.clamp(
                        Runtime.getRuntime().availableProcessors() / 2,
                        1,
                        ServerSettings.EVENT_LOOPS_MAX);
    }

    private static String version() {
        String version = SiltstoneServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// Returns where clients reach it; the port is the real one.
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.address(), listener.address().getPort());
    }

    /// Returns the base of its URLs, like `http://127.0.0.1:4437`.
    public String url() {
        InetAddress address = address().getAddress();
        String host = address.getHostAddress();
        return "http://"
                + (address instanceof Inet6Address ? "[" + host + "]" : host)
                + ":"
                + address().getPort();
    }

    /// Takes no more connections, answers the requests that were accepted, ends long polls and event
    /// streams in good order and closes all connections; cuts off what is not done after the stop
    /// timeout. Does not close the log. Without effect the second time.
    public void stop() {
        listener.stop(settings.stopTimeout());
    }
}
