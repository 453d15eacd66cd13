/// What goes over the wire: HTTP/1.1 and HTTP/2, the Durable Streams protocol, and nothing that is
/// stored.
///
/// ```
///                 one channel (HTTP/1.1 connection, or HTTP/2 stream)
///                               what is not plain
/// bytes ─> PlainRequestDecoder ─> StrictRequestDecoder ─> ExchangeHandler ─> Service
///                      │   plain requests                  ^ │   ^              │ CommandReader, Reads
///                      └───────────────────────────────────┘ │   │ Reply        v
///                                         ReplyWriter <──────┘   └──── Loop ── StreamLog
///                                                                   ^  completions and changes of a
///                                                                   └─ batch, one task per loop
/// ```
///
/// A [ProtocolDetector] made room for these handlers when the first bytes came; streams of HTTP/2 have a codec
/// in place of the decoders. The entry class is [HttpListener]. An [Exchange] is one request and its reply; an [ExchangeHandler]
/// brings them over one channel, one at a time and in order. [Replies] is the only place that knows HTTP
/// status codes.
///
/// Invariants:
/// - Everything of a channel happens on its event loop; a [Loop] is what the channels of one share.
/// - Nothing that may wait for a disk runs on an event loop, except the log when that loop leads it.
/// - Whatever a client can make grow has a bound in [HttpLimits].
@NullMarked
package dev.siltstone.server.http;

import org.jspecify.annotations.NullMarked;
