package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Answers one connection after the other with bytes written down beforehand, each as soon as the head of a
/// request is there, and closes it: what a server that dies looks like from outside.
final class ScriptedServer implements Closeable {
    private final ServerSocket socket = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.0.1"));
    private final List<String> requestLines = new CopyOnWriteArrayList<>();
    private final List<String> answers;
    private final Map<Integer, CountDownLatch> holds = new ConcurrentHashMap<>();

    /// @param answers whole answers, with their heads
    ScriptedServer(String... answers) throws IOException {
        this.answers = List.of(answers);
        Thread.ofVirtual().start(this::serve);
    }

    /// Has the connection of one answer stay open until `seen`: a client may drop what it has received and
    /// not yet handed on when a connection breaks.
    ///
    /// @param answer its number, from 0
    void hold(int answer, CountDownLatch seen) {
        holds.put(answer, seen);
    }

    /// Returns an answer's head and what there is of its body.
    static String answer(String statusLine, String headers, String body) {
        return "HTTP/1.1 " + statusLine + "\r\n" + headers + "\r\n" + body;
    }

    /// Returns the text as one chunk of a chunked body; the end of the body is not sent.
    static String chunk(String text) {
        return Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n";
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/v1/stream/x";
    }

    /// Returns the first lines of the requests so far.
    List<String> requestLines() {
        return requestLines;
    }

    private void serve() {
        for (String answer : answers) {
            try (Socket connection = socket.accept()) {
                BufferedReader head =
                        new BufferedReader(
                                new InputStreamReader(connection.getInputStream(), UTF_8));
                requestLines.add(head.readLine());
                while (!head.readLine().isEmpty()) {
                    // Only the first line matters.
                }
                connection.getOutputStream().write(answer.getBytes(UTF_8));
                CountDownLatch hold = holds.get(requestLines.size() - 1);
                if (hold != null) {
                    hold.await();
                }
            } catch (IOException | InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
