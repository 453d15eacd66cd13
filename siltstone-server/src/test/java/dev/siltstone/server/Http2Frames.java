package dev.siltstone.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The few frames of HTTP/2 that a test needs to send (RFC 9113, section 6), with header fields written
/// out (RFC 7541, section 6.2.2).
final class Http2Frames {
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_HEADERS = 4;
    private static final int END_STREAM_AND_HEADERS = 5;

    private Http2Frames() {}

    static byte[] settings() {
        return frame(SETTINGS, 0, 0, new byte[0]);
    }

    static byte[] get(int stream, String path) {
        return headers(stream, "GET", path, true);
    }

    /// @param end whether there is no body
    static byte[] headers(int stream, String method, String path, boolean end) {
        var block = new ByteArrayOutputStream();
        field(block, ":method", method);
        field(block, ":scheme", "http");
        field(block, ":authority", "test");
        field(block, ":path", path);
        int flags = end ? END_STREAM_AND_HEADERS : END_HEADERS;
        return frame(HEADERS, flags, stream, block.toByteArray());
    }

    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(
                new byte[] {
                    (byte) (stream >> 24),
                    (byte) (stream >> 16),
                    (byte) (stream >> 8),
                    (byte) stream
                });
        frame.writeBytes(payload);
        return frame.toByteArray();
    }
}
