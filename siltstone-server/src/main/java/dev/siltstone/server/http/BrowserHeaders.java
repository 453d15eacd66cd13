package dev.siltstone.server.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/// Header fields that browsers need on every answer, errors included: who may read it, which fields a
/// script may see, and that nobody shall guess what the bytes are.
final class BrowserHeaders {
    /// Every field of ours that an answer may carry and that a script cannot see unless it is named.
    private static final AsciiString EXPOSED =
            AsciiString.cached(
                    "Stream-Next-Offset, Stream-Up-To-Date, Stream-Closed, Stream-Cursor,"
                            + " Stream-TTL, Stream-Expires-At, Stream-SSE-Data-Encoding,"
                            + " Producer-Epoch, Producer-Seq, Producer-Expected-Seq,"
                            + " Producer-Received-Seq, ETag, Location, Content-Type, Content-Length,"
                            + " Cache-Control, Retry-After, WWW-Authenticate, Allow, Date");

    /// Every field that a request may carry. Named one by one: `*` would not cover Authorization.
    private static final AsciiString ALLOWED_HEADERS =
            AsciiString.cached(
                    "Content-Type, Authorization, If-None-Match, Accept, Cache-Control,"
                            + " Last-Event-ID, Stream-Seq, Stream-TTL, Stream-Expires-At,"
                            + " Stream-Closed, Stream-Forked-From, Stream-Fork-Offset,"
                            + " Stream-Fork-Sub-Offset, Producer-Id, Producer-Epoch, Producer-Seq");

    private static final AsciiString ALLOWED_METHODS =
            AsciiString.cached("GET, HEAD, POST, PUT, DELETE, OPTIONS");
    private static final AsciiString MAX_AGE = AsciiString.cached("86400");
    private static final AsciiString NOSNIFF = AsciiString.cached("nosniff");
    private static final AsciiString CROSS_ORIGIN = AsciiString.cached("cross-origin");

    private final AsciiString origin;
    private final byte[] encoded;
    private final byte[] encodedForOthers;

    /// @param origin who may read answers: `*`, or one origin
    BrowserHeaders(String origin) {
        this.origin = new AsciiString(origin);
        HttpHeaders headers = new DefaultHttpHeaders();
        addProtectionTo(headers);
        this.encodedForOthers = lines(headers);
        addTo(headers);
        this.encoded = lines(headers);
    }

    private static byte[] lines(HttpHeaders headers) {
        StringBuilder lines = new StringBuilder();
        headers.forEach(field -> lines.append(field.getKey() + ": " + field.getValue() + "\r\n"));
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Returns what [#addTo] adds, as lines of HTTP/1.1; not to be changed.
    byte[] encoded() {
        return encoded;
    }

    /// Returns the part of [#encoded] that does not depend on a script that asks: for answers that no
    /// browser asked for on behalf of one. Not to be changed.
    byte[] encodedForOthers() {
        return encodedForOthers;
    }

    /// Adds what every answer to a browser carries.
    void addTo(HttpHeaders headers) {
        addProtectionTo(headers);
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }

    private static void addProtectionTo(HttpHeaders headers) {
        headers.set(HeaderNames.X_CONTENT_TYPE_OPTIONS, NOSNIFF)
                .set(HeaderNames.CROSS_ORIGIN_RESOURCE_POLICY, CROSS_ORIGIN);
    }

    /// Adds what a browser asks before it sends a request.
    static Reply permitting(Reply preflight) {
        return preflight
                .with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS)
                .with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS)
                .with(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
}
