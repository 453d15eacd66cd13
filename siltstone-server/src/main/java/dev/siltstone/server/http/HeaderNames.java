package dev.siltstone.server.http;

import io.netty.util.AsciiString;

/// Header fields of the protocol.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 13.2, "HTTP Headers"</a>
final class HeaderNames {
    static final AsciiString STREAM_NEXT_OFFSET = AsciiString.cached("stream-next-offset");
    static final AsciiString STREAM_UP_TO_DATE = AsciiString.cached("stream-up-to-date");
    static final AsciiString STREAM_CLOSED = AsciiString.cached("stream-closed");
    static final AsciiString STREAM_CURSOR = AsciiString.cached("stream-cursor");
    static final AsciiString STREAM_TTL = AsciiString.cached("stream-ttl");
    static final AsciiString STREAM_EXPIRES_AT = AsciiString.cached("stream-expires-at");
    static final AsciiString STREAM_SEQ = AsciiString.cached("stream-seq");
    static final AsciiString STREAM_FORKED_FROM = AsciiString.cached("stream-forked-from");
    static final AsciiString STREAM_FORK_OFFSET = AsciiString.cached("stream-fork-offset");
    static final AsciiString STREAM_FORK_SUB_OFFSET = AsciiString.cached("stream-fork-sub-offset");
    static final AsciiString STREAM_SSE_DATA_ENCODING =
            AsciiString.cached("stream-sse-data-encoding");
    static final AsciiString PRODUCER_ID = AsciiString.cached("producer-id");
    static final AsciiString PRODUCER_EPOCH = AsciiString.cached("producer-epoch");
    static final AsciiString PRODUCER_SEQ = AsciiString.cached("producer-seq");
    static final AsciiString PRODUCER_EXPECTED_SEQ = AsciiString.cached("producer-expected-seq");
    static final AsciiString PRODUCER_RECEIVED_SEQ = AsciiString.cached("producer-received-seq");

    static final AsciiString CROSS_ORIGIN_RESOURCE_POLICY =
            AsciiString.cached("cross-origin-resource-policy");
    static final AsciiString X_CONTENT_TYPE_OPTIONS = AsciiString.cached("x-content-type-options");
    static final AsciiString X_ACCEL_BUFFERING = AsciiString.cached("x-accel-buffering");

    static final AsciiString TRUE = AsciiString.cached("true");

    private HeaderNames() {}
}
