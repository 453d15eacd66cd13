package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Writes answers for HTTP/1.1, with the header fields that are the same for all of them from a ready copy.
final class ReplyEncoder extends HttpResponseEncoder {
    private final BrowserHeaders browserHeaders;

    ReplyEncoder(BrowserHeaders browserHeaders) {
        this.browserHeaders = browserHeaders;
    }

    @Override
    protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
        super.encodeHeaders(headers, out);
        out.writeBytes(browserHeaders.encoded());
    }
}
