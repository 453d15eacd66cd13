package dev.siltstone.server.http;

import java.time.Duration;

/// Bounds of what clients may ask for, so that none of them takes memory from the others.
///
/// @param bodyBytesMax of one request; more is refused
/// @param bodyBytesInFlightMax of all requests together that arrive or wait for the log
/// @param replyBytesInFlightMax of all catch-up replies together that clients have not yet taken
/// @param connectionsMax open at once; further ones are told so and closed
/// @param waitersMax long polls and event streams that are open at once
/// @param longPollTimeout how long a long poll waits for data
/// @param eventStreamLifetime after which an event stream is closed, give or take a tenth, so that
///     caches may collapse its successors
/// @param requestTimeout within which a request must have arrived, counted from its first byte
/// @param idleTimeout after which a connection without a request is closed
/// @param stalledTimeout after which a connection whose client takes no bytes is closed
public record HttpLimits(
        int bodyBytesMax,
        long bodyBytesInFlightMax,
        long replyBytesInFlightMax,
        int connectionsMax,
        int waitersMax,
        Duration longPollTimeout,
        Duration eventStreamLifetime,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration stalledTimeout) {
    /// Bound of a request line; a longer one is refused.
    static final int REQUEST_LINE_BYTES_MAX = 8 << 10;

    /// Bound of all header fields of a request together; more are refused.
    static final int HEADER_BYTES_MAX = 64 << 10;

    /// Bound of the number of header fields of a request: a field of one byte takes a hundred in memory.
    static final int HEADER_FIELDS_MAX = 128;

    /// A head of more bytes needs a share of what all long heads together may have, a quarter of
    /// [#bodyBytesInFlightMax()], from when they arrive until the request is answered.
    static final int HEAD_BYTES_FREE = 8 << 10;

    public HttpLimits {
        positive("bodyBytesMax", bodyBytesMax);
        positive("bodyBytesInFlightMax", bodyBytesInFlightMax);
        positive("replyBytesInFlightMax", replyBytesInFlightMax);
        positive("connectionsMax", connectionsMax);
        positive("waitersMax", waitersMax);
        positive("longPollTimeout", longPollTimeout.toMillis());
        positive("eventStreamLifetime", eventStreamLifetime.toMillis());
        positive("requestTimeout", requestTimeout.toMillis());
        positive("idleTimeout", idleTimeout.toMillis());
        positive("stalledTimeout", stalledTimeout.toMillis());
    }

    /// Returns bounds for a machine with a few gigabytes of memory.
    public static HttpLimits defaults() {
        return new HttpLimits(
                16 << 20,
                256L << 20,
                512L << 20,
                20_000,
                100_000,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(75),
                Duration.ofSeconds(60));
    }

    public HttpLimits withBodyBytesMax(int value) {
        return new HttpLimits(
                value,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withBodyBytesInFlightMax(long value) {
        return new HttpLimits(
                bodyBytesMax,
                value,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withReplyBytesInFlightMax(long value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                value,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withConnectionsMax(int value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                value,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withWaitersMax(int value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                value,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withLongPollTimeout(Duration value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                value,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withEventStreamLifetime(Duration value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                value,
                requestTimeout,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withRequestTimeout(Duration value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                value,
                idleTimeout,
                stalledTimeout);
    }

    public HttpLimits withIdleTimeout(Duration value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                value,
                stalledTimeout);
    }

    public HttpLimits withStalledTimeout(Duration value) {
        return new HttpLimits(
                bodyBytesMax,
                bodyBytesInFlightMax,
                replyBytesInFlightMax,
                connectionsMax,
                waitersMax,
                longPollTimeout,
                eventStreamLifetime,
                requestTimeout,
                idleTimeout,
                value);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be above 0, not " + value);
        }
    }
}
