package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/// Turns stored bytes into what readers get, without copying them.
final class ChunkBodies {
    private static final byte OPEN = '[';
    private static final byte CLOSE = ']';

    private ChunkBodies() {}

    /// Returns the body for stored bytes.
    static ByteBuf of(ByteBuffer content, boolean json) {
        return json ? json(content) : plain(content);
    }

    /// Returns the bytes as they are.
    static ByteBuf plain(ByteBuffer content) {
        return Unpooled.wrappedBuffer(content);
    }

    /// Makes an array of JSON messages: the comma after the last one goes, brackets come around.
    static ByteBuf json(ByteBuffer messages) {
        int length = messages.remaining();
        if (length == 0) {
            return Unpooled.wrappedBuffer(new byte[] {OPEN, CLOSE});
        }
        ByteBuffer withoutLastComma = messages.slice(messages.position(), length - 1);
        return Unpooled.wrappedBuffer(
                3,
                Unpooled.wrappedBuffer(new byte[] {OPEN}),
                Unpooled.wrappedBuffer(withoutLastComma),
                Unpooled.wrappedBuffer(new byte[] {CLOSE}));
    }
}
