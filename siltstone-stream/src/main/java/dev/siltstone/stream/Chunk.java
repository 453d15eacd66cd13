package dev.siltstone.stream;

import java.nio.ByteBuffer;

/// What one read carries: the bytes between two offsets, as they lie in the stream. For JSON each message
/// ends in a comma; whoever serves them as an array leaves out the last one.
///
/// The end is fixed unless `upToDate`: the first message end (text: code point) at or after the next
/// multiple of 1 MiB of the stream, so the same start gives the same bytes for ever.
///
/// @param start offset of the first byte
/// @param next offset after the last byte; where the next read begins
/// @param upToDate whether this reaches the tail as it was when the read began
/// @param closed whether, in addition, the stream was closed then: nothing will ever follow
/// @param bytes the content; owned by the caller
public record Chunk(Offset start, Offset next, boolean upToDate, boolean closed, ByteBuffer bytes) {
    /// Returns how many bytes the messages have, commas included.
    public int length() {
        return bytes.remaining();
    }
}
