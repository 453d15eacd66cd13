package dev.siltstone.stream;

import java.util.Locale;

/// What the log needs to know about media types (RFC 9110, section 8.3.1).
public final class ContentTypes {
    /// Of a stream that was created without one.
    public static final String DEFAULT = "application/octet-stream";

    private ContentTypes() {}

    /// Returns type and subtype in lower case, without parameters.
    public static String essence(String contentType) {
        int semicolon = contentType.indexOf(';');
        String bare = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return bare.strip().toLowerCase(Locale.ROOT);
    }

    /// Says whether a stream of this type keeps JSON messages.
    public static boolean isJson(String contentType) {
        return essence(contentType).equals("application/json");
    }

    /// Says whether a stream of this type is text: its chunks end between code points, and its live
    /// events carry it as it is.
    public static boolean isText(String contentType) {
        return essence(contentType).startsWith("text/");
    }
}
