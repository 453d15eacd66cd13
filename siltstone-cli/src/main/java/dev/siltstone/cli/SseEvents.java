package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Reads server-sent events. An event that the connection's end cuts short is none.
///
/// Not thread-safe.
final class SseEvents {
    /// @param data its lines, joined by newlines
    record Event(String type, String data) {}

    private final BufferedReader lines;

    SseEvents(InputStream in) {
        this.lines = new BufferedReader(new InputStreamReader(in, UTF_8));
    }

    /// Returns the next event, or `null` at the end.
    @Nullable Event next() throws IOException {
        String type = "message";
        StringJoiner data = new StringJoiner("\n");
        boolean hasData = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (hasData) {
                    return new Event(type, data.toString());
                }
                type = "message";
            } else if (line.startsWith("event:")) {
                type = value(line, "event:");
            } else if (line.startsWith("data:")) {
                data.add(value(line, "data:"));
                hasData = true;
            }
        }
        return null;
    }

    private static String value(String line, String field) {
        int from = field.length();
        boolean spaced = line.length() > from && line.charAt(from) == ' ';
        return line.substring(spaced ? from + 1 : from);
    }
}
