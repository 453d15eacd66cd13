package dev.siltstone.server.http;

import dev.siltstone.stream.StreamLog;
import java.time.InstantSource;

/// What all loops of a listener share. Every part is thread-safe.
///
/// @param log what is served
/// @param limits of requests and connections
/// @param access who may come in
/// @param clock for cursors, dates and expiry
/// @param replies makes answers
/// @param browserHeaders go on every answer
/// @param workers run what would hold a loop up
/// @param feeds frames of tails, encoded once for all loops
/// @param bodyBytes in flight
/// @param headBytes of requests whose heads are long
/// @param replyBytes in flight
/// @param connections open
/// @param turnedAway connections that are one too many and still to be told so
/// @param waiters long polls and event streams
/// @param version of this program
record Shared(
        StreamLog log,
        HttpLimits limits,
        Access access,
        InstantSource clock,
        Replies replies,
        BrowserHeaders browserHeaders,
        Workers workers,
        TailFeeds feeds,
        Budget bodyBytes,
        Budget headBytes,
        Budget replyBytes,
        Budget connections,
        Budget turnedAway,
        Budget waiters,
        String version) {
    /// One of so many parts of the bytes in flight is for short bodies alone, and as much again for heads.
    private static final int RESERVED_PART = 4;

    private static final int WORKERS_RUNNING_MAX = 16;
    private static final int WORKERS_WAITING_MAX = 4096;

    /// Further connections are closed without a word.
    private static final int TURNED_AWAY_MAX = 64;

    static Shared of(
            StreamLog log,
            HttpLimits limits,
            Access access,
            InstantSource clock,
            String corsOrigin,
            String version) {
        return new Shared(
                log,
                limits,
                access,
                clock,
                new Replies(new CachePolicy(clock, access.isOpen())),
                new BrowserHeaders(corsOrigin),
                new Workers(WORKERS_RUNNING_MAX, WORKERS_WAITING_MAX),
                new TailFeeds(),
                new Budget(limits.bodyBytesInFlightMax()),
                new Budget(limits.bodyBytesInFlightMax() / RESERVED_PART),
                new Budget(limits.replyBytesInFlightMax()),
                new Budget(limits.connectionsMax()),
                new Budget(TURNED_AWAY_MAX),
                new Budget(limits.waitersMax()),
                version);
    }

    /// Returns what of [#bodyBytes] is for short bodies alone; the largest body fits beside it.
    long bodyReserve() {
        long most = limits.bodyBytesInFlightMax();
        return Math.clamp(most - limits.bodyBytesMax(), 0, most / RESERVED_PART);
    }
}
