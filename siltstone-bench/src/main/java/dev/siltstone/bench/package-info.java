/// A load generator for any server of the Durable Streams protocol.
///
/// ```
/// LoadTest ── makes ──> Writers (append), Tails (SSE), Replays (catch-up)
///                          │ each a set of Connections
///                          v
///                       Sockets: one thread, one selector ──> the server
/// ```
///
/// Each message says which lane wrote it, its number there and when it was due ([MessageForm]), so that
/// whoever reads it knows how old it is and whether it is the one that had to come ([LaneCheck]). A [Lane] is
/// one writer on one stream.
///
/// Invariants:
/// - One thread does everything, so that what is measured keeps its processors; nothing here is
///   thread-safe.
/// - A message counts as acknowledged only after an answer of 2xx. What was refused is not in the stream;
///   what got no answer may be.
/// - An open loop counts latency from when a request was due, not from when it could be sent.
@NullMarked
package dev.siltstone.bench;

import org.jspecify.annotations.NullMarked;
