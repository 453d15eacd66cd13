package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A stream that many append to without producer ids, and what each of them was told.
///
/// A message is `writer.number.padding;`. What must hold after any number of kills: an acknowledged message
/// is there once and ends at the offset that the answer told; an unacknowledged one is there at most
/// once; the messages of a writer are in its order; nothing else is there; what a reader saw is still
/// there.
///
/// Thread-safe while the server runs; checked by one thread.
final class Board {
    private static final Pattern MESSAGE = Pattern.compile("(\\d+)\\.(\\d+)\\.x*;");

    /// @param end wire bytes up to the end of the message
    /// @param offset as the server wrote it
    record Acknowledged(String message, long end, String offset) {}

    final String path;
    private final List<Acknowledged> acknowledged = new CopyOnWriteArrayList<>();
    private final Map<Integer, Integer> attempted = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

    Board(String path) {
        this.path = path;
    }

    void create(HttpConnection connection) throws IOException {
        assertThat(connection.put(path, "", "Content-Type", "text/plain").status()).isEqualTo(201);
    }

    static String message(int writer, int number) {
        return writer + "." + number + "." + "x".repeat(number * 7919 % 300) + ";";
    }

    void attempted(int writer, int number) {
        attempted.put(writer, number);
    }

    void acknowledged(String message, HttpConnection.Answer answer) {
        acknowledged.add(new Acknowledged(message, answer.nextWireByte(), answer.nextOffset()));
    }

    List<Acknowledged> acknowledged() {
        return acknowledged;
    }

    /// A reader got these bytes, directly after the ones before.
    synchronized void seen(byte[] bytes) {
        seen.writeBytes(bytes);
    }

    /// Returns the content, checked.
    String check(HttpConnection connection) throws IOException {
        Content content = Content.read(connection, path);
        HttpConnection.Answer head = connection.head(path);
        assertThat(head.nextWireByte()).as("tail of %s", path).isEqualTo(content.text().length());
        Map<String, Integer> ends = checkMessages(content.text());
        for (Acknowledged one : acknowledged) {
            assertThat(ends.get(one.message))
                    .as("end of the acknowledged message %s in %s", one.message, path)
                    .isEqualTo((int) one.end);
        }
        assertThat(content.text())
                .as("what a reader of %s saw before the kill", path)
                .startsWith(seen.toString(StandardCharsets.UTF_8));
        return content.text();
    }

    private Map<String, Integer> checkMessages(String content) {
        Map<String, Integer> ends = new HashMap<>();
        Map<Integer, Integer> last = new HashMap<>();
        Matcher matcher = MESSAGE.matcher(content);
        int end = 0;
        while (end < content.length()) {
            assertThat(matcher.find(end) && matcher.start() == end)
                    .as("a whole message at %s of %s", end, path)
                    .isTrue();
            end = matcher.end();
            int writer = Integer.parseInt(matcher.group(1));
            int number = Integer.parseInt(matcher.group(2));
            assertThat(matcher.group()).isEqualTo(message(writer, number));
            assertThat(number)
                    .as("number of a message of writer %s in %s", writer, path)
                    .isGreaterThan(last.getOrDefault(writer, -1))
                    .isLessThanOrEqualTo(attempted.getOrDefault(writer, -1));
            last.put(writer, number);
            ends.put(matcher.group(), end);
        }
        return ends;
    }
}
