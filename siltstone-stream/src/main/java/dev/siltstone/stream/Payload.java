package dev.siltstone.stream;

import java.nio.ByteBuffer;

/// The content of an append in the form in which it is stored and served: bytes as they came, or JSON
/// messages, each kept byte for byte and ended by a comma.
///
/// @param bytes the stored form; not changed by anybody while the command is under way
/// @param messageLengths of each JSON message with its comma; empty for anything but JSON
public record Payload(ByteBuffer bytes, int[] messageLengths) {
    private static final int[] NO_MESSAGES = {};

    /// No content.
    public static final Payload EMPTY = new Payload(ByteBuffer.allocate(0), NO_MESSAGES);

    /// Returns `bytes` as they are: for streams of any type but JSON.
    public static Payload ofBytes(ByteBuffer bytes) {
        return new Payload(bytes, NO_MESSAGES);
    }

    /// Checks a JSON text (RFC 8259, UTF-8 without byte order mark) and takes it apart: an array becomes
    /// one message per element, anything else is one message. White space around messages is dropped,
    /// every byte within is kept.
    ///
    /// @param text a heap buffer; read between position and limit, not kept
    /// @return no messages for an empty array
    /// @throws InvalidJsonException if it is not JSON; the message says what and where
    public static Payload ofJson(ByteBuffer text) throws InvalidJsonException {
        return JsonMessages.flatten(text);
    }

    /// Says whether there is no content.
    public boolean isEmpty() {
        return bytes.remaining() == 0;
    }

    /// Says whether this is made of JSON messages.
    public boolean isJson() {
        return messageLengths.length > 0;
    }

    /// Returns how many bytes the stream grows by.
    public int length() {
        return bytes.remaining();
    }
}
