package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

/// What a client is answered, before the headers that every answer has. Made by [Replies].
///
/// @param status the code
/// @param headers those of this answer alone
/// @param body released by whoever sends or drops this
record Reply(HttpResponseStatus status, ReplyHeaders headers, ByteBuf body) {
    Reply(HttpResponseStatus status) {
        this(status, Unpooled.EMPTY_BUFFER);
    }

    Reply(HttpResponseStatus status, ByteBuf body) {
        this(status, new ReplyHeaders(), body);
    }

    Reply with(AsciiString name, Object value) {
        headers.set(name, value);
        return this;
    }

    void drop() {
        body.release();
    }
}
