package dev.siltstone.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection, blocking, that sends each request exactly once: whether an answer came is all
/// that a test may know about a request, so nothing here may repeat one.
///
/// Not thread-safe.
final class HttpConnection implements Closeable {
    private static final int TIMEOUT_MILLIS = 30_000;

    /// @param headers by lower-case name
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, Map<String, String> headers, byte[] body) {
        @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        String text() {
            return new String(body, UTF_8);
        }

        boolean closed() {
            return "true".equals(header("Stream-Closed"));
        }

        boolean upToDate() {
            return header("Stream-Up-To-Date") != null;
        }

        String nextOffset() {
            String offset = header("Stream-Next-Offset");
            if (offset == null) {
                throw new AssertionError("no Stream-Next-Offset: " + this);
            }
            return offset;
        }

        /// Returns how many bytes of the stream lie before the next offset.
        long nextWireByte() {
            String offset = nextOffset();
            return Long.parseLong(offset.substring(offset.indexOf('_') + 1));
        }

        @Override
        public String toString() {
            String start = text().substring(0, Math.min(400, text().length()));
            return status + " " + headers + " " + start;
        }
    }

    private final Socket socket;
    private final InputStream in;

    HttpConnection(int port) throws IOException {
        socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    Answer get(String path) throws IOException {
        return send("GET", path, "");
    }

    Answer head(String path) throws IOException {
        return send("HEAD", path, "");
    }

    Answer delete(String path) throws IOException {
        return send("DELETE", path, "");
    }

    Answer put(String path, String body, String... headers) throws IOException {
        return send("PUT", path, body, headers);
    }

    Answer post(String path, String body, String... headers) throws IOException {
        return send("POST", path, body, headers);
    }

    /// Sends one request to a stream and waits for its answer.
    ///
    /// @param path of a stream, with its query
    /// @param headers `name, value, name, value ...`
    /// @throws IOException if there was no whole answer: then nobody knows what became of the request
    Answer send(String method, String path, String body, String... headers) throws IOException {
        return sendTo(method, "/v1/stream/" + path, body.getBytes(UTF_8), headers);
    }

    /// Sends one request to any target.
    Answer sendTo(String method, String target, byte[] body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        head.append("Host: 127.0.0.1:").append(socket.getPort()).append("\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.toString().getBytes(UTF_8));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        return answer(method.equals("HEAD"));
    }

    private Answer answer(boolean toHead) throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine.substring(9, 12));
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.put(name, line.substring(colon + 1).strip());
        }
        boolean bodiless = toHead || status == 204 || status == 304;
        return new Answer(status, headers, bodiless ? new byte[0] : body(headers));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return chunked();
        }
        return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }

    private byte[] chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int length = chunkLength(); length > 0; length = chunkLength()) {
            body.writeBytes(exactly(length));
            line();
        }
        line();
        return body.toByteArray();
    }

    private int chunkLength() throws IOException {
        String line = line();
        int extension = line.indexOf(';');
        return Integer.parseInt(extension < 0 ? line : line.substring(0, extension), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended within a body");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended before the end of an answer");
            }
            line.write(b);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
