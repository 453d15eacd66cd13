package dev.siltstone.cli;

import java.io.OutputStream;
import java.util.Locale;

/// What the content type of a stream means for a terminal.
final class Content {
    private final String essence;

    /// @param contentType as the server says it, parameters and all
    Content(String contentType) {
        int semicolon = contentType.indexOf(';');
        String bare = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        this.essence = bare.strip().toLowerCase(Locale.ROOT);
    }

    boolean isJson() {
        return essence.equals("application/json");
    }

    boolean isText() {
        return essence.startsWith("text/");
    }

    /// Returns where the bodies of answers go: JSON as one message per line, anything else as it is.
    OutputStream sink(OutputStream out) {
        return isJson() ? new JsonMessages(out) : out;
    }
}
