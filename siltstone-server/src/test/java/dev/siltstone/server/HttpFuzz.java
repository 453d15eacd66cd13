package dev.siltstone.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What must hold of a server for any bytes over a connection: every answer is one that the protocol knows,
/// none is a mistake of ours, and the connection ends when the client has said that nothing follows.
public final class HttpFuzz {
    /// Every status that a request may get; 500 is a mistake of ours, 507 has no place here.
    private static final Set<Integer> STATUSES =
            Set.of(
                    100, 200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 429,
                    431, 501, 503);

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

    private static TestServer server;

    private HttpFuzz() {}

    /// Starts a server, unless one is there.
    static synchronized TestServer server(Path directory) throws IOException {
        if (server == null) {
            server = TestServer.startLimited(directory, l -> l.withBodyBytesMax(100_000));
        }
        return server;
    }

    static synchronized void stop() throws IOException {
        server.close();
        server = null;
    }

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        TestServer running = server == null ? server(Files.createTempDirectory("fuzz")) : server;
        try (RawConnection connection = running.connect()) {
            connection.sendBytes(input);
            connection.hangUp();
            String all = connection.rest();
            Matcher answers = STATUS_LINE.matcher(all);
            while (answers.find()) {
                if (!STATUSES.contains(Integer.parseInt(answers.group(1)))) {
                    throw new AssertionError("answered " + all);
                }
            }
        } catch (SocketException | EOFException e) {
            return; // it is free to close on us
        }
    }
}
