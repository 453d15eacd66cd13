package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// What a client is answered, before the headers that every answer has. Made by [Replies].
///
/// @param status the code
/// @param headers those of this answer alone
/// @param body released by whoever sends or drops this
/// @param stored the body, if it is to be sent from a file; the other is empty then
record Reply(
        HttpResponseStatus status,
        ReplyHeaders headers,
        ByteBuf body,
        @Nullable StoredBody stored) {
    Reply(HttpResponseStatus status) {
        this(status, Unpooled.EMPTY_BUFFER);
    }

    Reply(HttpResponseStatus status, ByteBuf body) {
        this(status, new ReplyHeaders(), body, null);
    }

    Reply with(AsciiString name, Object value) {
        headers.set(name, value);
        return this;
    }

    /// Gives the answer a body from a file, or drops that if the client has it already.
    Reply withBody(StoredBody from) {
        if (!Replies.isWithoutBody(status)) {
            return new Reply(status, headers, body, from);
        }
        from.drop();
        return this;
    }

    void drop() {
        body.release();
        if (stored != null) {
            stored.drop();
        }
    }
}
