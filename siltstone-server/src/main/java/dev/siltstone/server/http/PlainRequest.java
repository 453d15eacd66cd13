package dev.siltstone.server.http;

import io.netty.handler.codec.http.HttpMethod;

/// A request that arrived whole and has nothing unusual about it; see [PlainRequestParser].
///
/// @param uri as sent; begins with a slash
/// @param bytes of the request, its own; the body is at the end
/// @param bodyStart where in `bytes` the body begins
record PlainRequest(HttpMethod method, String uri, Fields fields, byte[] bytes, int bodyStart) {
    int bodyLength() {
        return bytes.length - bodyStart;
    }
}
