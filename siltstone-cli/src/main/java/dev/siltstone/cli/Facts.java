package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Prints what is known about a thing: as lines of `name: value`, or as one JSON object.
final class Facts {
    private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();

    Facts() {}

    /// Begins with a stream's URL.
    Facts(StreamUrl url) {
        facts.put("url", url.toString());
    }

    Facts and(String name, @Nullable Object value) {
        facts.put(name, value);
        return this;
    }

    Facts and(Map<String, @Nullable Object> more) {
        facts.putAll(more);
        return this;
    }

    void printJson(Console console) throws IOException {
        print(console, Json.write(facts) + "\n");
    }

    void printLines(Console console) throws IOException {
        print(console, lines());
    }

    /// Prints a text that says the same, or some of it, in another form.
    void printText(Console console, String text) throws IOException {
        print(console, text);
    }

    /// Returns lines of `name: value`.
    String lines() {
        StringBuilder lines = new StringBuilder();
        facts.forEach((name, value) -> lines.append(name).append(": ").append(value).append('\n'));
        return lines.toString();
    }

    /// Prints all as JSON, or otherwise only the offset after the stream's last byte, if the server told
    /// it: what a script wants.
    void printOffset(Console console, boolean json) throws IOException {
        if (json) {
            printJson(console);
        } else if (facts.get("nextOffset") != null) {
            print(console, facts.get("nextOffset") + "\n");
        }
    }

    private static void print(Console console, String text) throws IOException {
        console.out().write(text.getBytes(UTF_8));
        console.out().flush();
    }
}
