package dev.siltstone.bench;

/// What streams hold.
public enum ContentKind {
    /// Bytes without boundaries.
    BYTES("application/octet-stream"),
    /// Text in UTF-8.
    TEXT("text/plain"),
    /// JSON messages.
    JSON("application/json");

    private final String contentType;

    ContentKind(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }
}
