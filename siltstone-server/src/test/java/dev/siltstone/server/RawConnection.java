package dev.siltstone.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// A connection over which a test sends what no polite client would.
final class RawConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    /// An answer as it came.
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    RawConnection(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /// @param receiveBufferBytes 0 for the system's choice
    RawConnection(InetSocketAddress address, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(address);
        in = new BufferedInputStream(socket.getInputStream());
    }

    RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    RawConnection sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /// Reads until `text` has come, and returns everything until there.
    String readUntil(String text) throws IOException {
        var all = new StringBuilder();
        while (all.indexOf(text) < 0) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended without '" + text + "': " + all);
            }
            all.append((char) c);
        }
        return all.toString();
    }

    /// Sends a request that has no body.
    RawConnection request(String method, String target) throws IOException {
        return send(method + " " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
    }

    /// Returns whether some of an answer has come; does not wait for it.
    boolean isAnswered() throws IOException {
        return in.available() > 0;
    }

    /// Reads one answer.
    Answer answer() throws IOException {
        return answer(false);
    }

    /// Reads one answer.
    ///
    /// @param headOnly whether it has no body, whatever its headers say
    Answer answer(boolean headOnly) throws IOException {
        Answer head = head();
        String body = "";
        if (headOnly || head.status() == 204 || head.status() == 304 || head.status() == 100) {
            return head;
        }
        if (head.header("transfer-encoding").equals("chunked")) {
            var all = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                all.append(chunk);
            }
            body = all.toString();
        } else {
            body = text(Integer.parseInt(head.header("content-length")));
        }
        return new Answer(head.status(), head.headers(), body);
    }

    /// Reads the head of an answer, and leaves its body where it is.
    Answer head() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(statusLine.split(" ", -1)[1]), headers, "");
    }

    /// Reads one chunk of the chunked coding; empty at the end.
    String chunk() throws IOException {
        String chunk = text(Integer.parseInt(line(), 16));
        line();
        return chunk;
    }

    /// Waits until the server closes the connection, dropping what it still sends.
    void awaitEnd() throws IOException {
        while (in.read() >= 0) {
            // whatever it is
        }
    }

    /// Says whether the server has said something, or ended the connection.
    boolean hasNews() throws IOException {
        socket.setSoTimeout(1);
        in.mark(1);
        try {
            in.read();
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }
        in.reset();
        return true;
    }

    /// Says that nothing more will be sent.
    void hangUp() throws IOException {
        socket.shutdownOutput();
    }

    /// Waits until the server closes the connection, and returns what it still sent.
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /// Waits until the server has closed the connection, taking nothing: until it does not let anything be sent.
    void awaitResetWithoutReading() throws IOException {
        try {
            while (true) {
                send("x");
                Thread.onSpinWait();
            }
        } catch (SocketException e) {
            // reset, or a broken pipe
        }
    }

    private String text(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended in '" + line + "'");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
