package dev.siltstone.cli;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server's answer: what its headers say about the stream, and the body as it comes in.
///
/// Not thread-safe.
final class Reply implements Closeable {
    /// The connection broke while the body came in.
    static final class ConnectionLost extends IOException {
        private static final long serialVersionUID = 1L;

        ConnectionLost(IOException cause) {
            super("the connection broke: " + cause.getMessage(), cause);
        }
    }

    private final HttpResponse<InputStream> response;
    private final InputStream body;

    Reply(HttpResponse<InputStream> response) {
        this.response = response;
        this.body = new Body(response.body());
    }

    int status() {
        return response.statusCode();
    }

    HttpHeaders headers() {
        return response.headers();
    }

    Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    /// Returns the offset to read from next; for an append the one after it.
    ///
    /// @throws CommandFailure if the server did not say
    String nextOffset() throws CommandFailure {
        return header("Stream-Next-Offset")
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.FAILURE,
                                response.uri()
                                        + ": the answer has no Stream-Next-Offset; is this a"
                                        + " Durable Streams server?"));
    }

    String contentType() {
        return header("Content-Type").orElse("application/octet-stream");
    }

    /// Says whether the stream was at its end when this was sent.
    boolean upToDate() {
        return header("Stream-Up-To-Date").isPresent() || closed();
    }

    /// Says whether no more will come.
    boolean closed() {
        return header("Stream-Closed").filter("true"::equalsIgnoreCase).isPresent();
    }

    /// Returns the facts about the stream that the headers tell, by the names that `--json` uses.
    Map<String, @Nullable Object> facts() throws CommandFailure {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        header("Content-Type").ifPresent(type -> facts.put("contentType", type));
        facts.put("nextOffset", nextOffset());
        facts.put("closed", closed());
        header("Stream-TTL").ifPresent(ttl -> facts.put("ttlSeconds", numberOrText(ttl)));
        header("Stream-Expires-At").ifPresent(time -> facts.put("expiresAt", time));
        return facts;
    }

    private static Object numberOrText(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /// Returns the body; reading it throws [ConnectionLost] if it ends before its time.
    InputStream body() {
        return body;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    private static final class Body extends FilterInputStream {
        Body(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            try {
                return in.read(target, from, length);
            } catch (IOException e) {
                throw new ConnectionLost(e);
            }
        }
    }
}
