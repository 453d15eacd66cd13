package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What a client is answered, before the headers that every answer has. Made by [Replies].
///
/// @param status the code
/// @param headers those of this answer alone
/// @param body released by whoever sends or drops this
record Reply(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
    /// The names are ours; values are checked, because some come from clients.
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withNameValidation(false);

    Reply(HttpResponseStatus status) {
        this(status, Unpooled.EMPTY_BUFFER);
    }

    Reply(HttpResponseStatus status, ByteBuf body) {
        this(status, HEADERS.newHeaders(), body);
    }

    Reply with(CharSequence name, Object value) {
        headers.set(name, value);
        return this;
    }

    void drop() {
        body.release();
    }
}
