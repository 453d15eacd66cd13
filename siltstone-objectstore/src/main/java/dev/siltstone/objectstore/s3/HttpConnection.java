package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.objectstore.ObjectBody;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// A connection to a server that speaks HTTP/1.1, for one request after the other.
///
/// Not thread-safe, but for [#close()]. Calls wait, at most for the time given between two pieces; an interrupt closes
/// it.
final class HttpConnection implements Closeable {
    /// How long an answer may be: errors are short, and nobody reads more of anything else here.
    static final int ANSWER_BYTES_MAX = 1 << 20;

    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int HEX = 16;

    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int at;
    private int end;

    private HttpConnection(SocketChannel channel, Socket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /// @param encryption null for none; else the server proves that it has the name
    /// @param atMost how long connecting, and each reading, may take
    static HttpConnection open(
            String host,
            int port,
            @Nullable SSLSocketFactory encryption,
            Duration connecting,
            Duration atMost)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            Socket plain = channel.socket();
            plain.connect(
                    new InetSocketAddress(InetAddress.getByName(host), port),
                    Math.toIntExact(connecting.toMillis()));
            plain.setSoTimeout(Math.toIntExact(atMost.toMillis()));
            return new HttpConnection(
                    channel, encryption == null ? plain : secured(encryption, plain, host, port));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Socket secured(SSLSocketFactory encryption, Socket plain, String host, int port)
            throws IOException {
        SSLSocket socket = (SSLSocket) encryption.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /// Says whether the server has let it go, or said something unasked, since the last answer.
    boolean isStale() {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return true;
        }
    }

    /// Sends a request, and returns what is answered.
    ///
    /// @throws UncheckedIOException if the body cannot be read; the connection is of no more use
    /// @throws IOException if there was no answer; likewise
    HttpAnswer exchange(byte[] head, ObjectBody body) throws IOException {
        IOException unsent = null;
        try {
            out.write(head);
            send(body);
        } catch (IOException e) {
            unsent = e; // who refuses a request may say so before all of it has come
        }
        try {
            HttpAnswer answer = receive();
            return unsent == null
                    ? answer
                    : new HttpAnswer(answer.status(), answer.headers(), answer.body(), true);
        } catch (IOException e) {
            if (unsent != null) {
                unsent.addSuppressed(e);
                throw unsent;
            }
            throw e;
        }
    }

    private void send(ObjectBody body) throws IOException {
        try (InputStream bytes = opened(body)) {
            for (int read; (read = read(bytes)) >= 0; ) {
                out.write(piece, 0, read);
            }
        }
        out.flush();
    }

    private static InputStream opened(ObjectBody body) {
        try {
            return body.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int read(InputStream body) {
        try {
            return body.read(piece);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpAnswer receive() throws IOException {
        at = 0;
        end = 0;
        String status;
        Map<String, String> headers;
        do {
            status = line(HEAD_BYTES_MAX);
            headers = headers();
        } while (status.startsWith("HTTP/1.1 1"));
        if (!status.matches("HTTP/1\\.[01] [2-5]\\d\\d( .*)?")) {
            throw new ProtocolException("the answer begins with \"" + status + "\"");
        }
        int code = Integer.parseInt(status.substring(9, 12));
        byte[] body = body(code, headers);
        boolean last =
                status.startsWith("HTTP/1.0")
                        || at != end
                        || !isDelimited(code, headers)
                        || "close".equalsIgnoreCase(headers.get("connection"));
        return new HttpAnswer(code, headers, body, last);
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        int left = HEAD_BYTES_MAX;
        for (String line; !(line = line(left)).isEmpty(); left -= line.length()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("no header: \"" + line + "\"");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static boolean isChunked(Map<String, String> headers) {
        return "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
    }

    private static boolean isDelimited(int status, Map<String, String> headers) {
        return status == 204
                || status == 304
                || isChunked(headers)
                || headers.containsKey("content-length");
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (isChunked(headers)) {
            for (int bytes; (bytes = number(line(HEAD_BYTES_MAX).split(";", 2)[0], HEX)) > 0; ) {
                copy(bytes, body);
                line(2);
            }
            headers(); // the trailer
        } else if (headers.containsKey("content-length")) {
            copy(number(headers.get("content-length"), 10), body);
        } else if (isDelimited(status, headers)) {
            return new byte[0];
        } else {
            while (fill()) {
                copy(end - at, body);
            }
        }
        return body.toByteArray();
    }

    private static int number(String digits, int radix) throws ProtocolException {
        try {
            return Math.max(0, Integer.parseInt(digits.strip(), radix));
        } catch (NumberFormatException e) {
            throw new ProtocolException("a body of \"" + digits + "\" bytes");
        }
    }

    private void copy(int bytes, ByteArrayOutputStream body) throws IOException {
        if (body.size() + (long) bytes > ANSWER_BYTES_MAX) {
            throw new ProtocolException("an answer of more than " + ANSWER_BYTES_MAX + " bytes");
        }
        for (int left = bytes; left > 0; ) {
            requireMore();
            int count = Math.min(left, end - at);
            body.write(piece, at, count);
            at += count;
            left -= count;
        }
    }

    /// Reads up to and with the next line feed.
    private String line(int max) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            requireMore();
            int from = at;
            while (at < end && piece[at] != '\n') {
                at++;
            }
            line.append(new String(piece, from, at - from, ISO_8859_1));
            if (line.length() > max) {
                throw new ProtocolException("a head of more than " + HEAD_BYTES_MAX + " bytes");
            }
            if (at < end) {
                at++;
                boolean returned = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
                return returned ? line.substring(0, line.length() - 1) : line.toString();
            }
        }
    }

    private void requireMore() throws IOException {
        if (!fill()) {
            throw new EOFException("the server closed the connection without an answer");
        }
    }

    /// Makes sure that there is a byte.
    ///
    /// @return false at the end
    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(piece));
        }
        return at < end;
    }

    /// Closes it at once, whoever waits.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
