package dev.siltstone.server.http;

import dev.siltstone.stream.Chunk;
import dev.siltstone.stream.ContentTypes;
import dev.siltstone.stream.Found;
import dev.siltstone.stream.InvalidOffsetException;
import dev.siltstone.stream.Lifetime;
import dev.siltstone.stream.Listing;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.Outcome;
import dev.siltstone.stream.Producer;
import dev.siltstone.stream.StreamInfo;
import dev.siltstone.stream.StreamReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Every answer the server can give, and the only place that knows HTTP status codes.
///
/// An error has a body `{"error":{"code":"…","message":"…"}}`: the code is for programs, the message says
/// what was wrong and what would be right.
///
/// Thread-safe.
final class Replies {
    private static final AsciiString JSON = AsciiString.cached("application/json");
    private static final AsciiString EVENT_STREAM = AsciiString.cached("text/event-stream");
    private static final AsciiString BASE64 = AsciiString.cached("base64");

    /// Seconds after which whoever was refused for want of room may try again.
    private static final AsciiString SOON = AsciiString.cached("1");

    private final CachePolicy caching;

    Replies(CachePolicy caching) {
        this.caching = caching;
    }

    // --- commands ---

    /// Answers a command.
    ///
    /// @param content whether the request had any: only new data of a producer is answered with another
    ///     code than its repetition
    static Reply outcome(Outcome outcome, Request request, boolean content) {
        return switch (outcome) {
            case Outcome.Created(StreamInfo stream) ->
                    created(HttpResponseStatus.CREATED, stream)
                            .with(HttpHeaderNames.LOCATION, request.url());
            case Outcome.Existing(StreamInfo stream) -> created(HttpResponseStatus.OK, stream);
            case Outcome.Appended(Offset tail, boolean closed, Producer producer) ->
                    appended(
                            producer != null && content
                                    ? HttpResponseStatus.OK
                                    : HttpResponseStatus.NO_CONTENT,
                            tail,
                            closed,
                            producer);
            case Outcome.Duplicate(Offset tail, boolean closed, Producer producer) ->
                    appended(HttpResponseStatus.NO_CONTENT, tail, closed, producer);
            case Outcome.Deleted() -> uncached(new Reply(HttpResponseStatus.NO_CONTENT));
            case Outcome.Refused refused -> refused(refused);
            case Outcome.NoSpace(String reason) ->
                    error(HttpResponseStatus.INSUFFICIENT_STORAGE, "no_space", reason);
            case Outcome.TryAgain(String reason) -> unavailable("try_again", reason);
            case Outcome.Unavailable(String reason) -> unavailable("unavailable", reason);
        };
    }

    private static Reply refused(Outcome.Refused refused) {
        return switch (refused) {
            case Outcome.NotFound() -> notFound();
            case Outcome.Gone() -> gone();
            case Outcome.ConfigurationMismatch(String difference) ->
                    conflict("configuration_mismatch", difference);
            case Outcome.StreamClosed(Offset tail) ->
                    conflict("stream_closed", "the stream is closed: it takes no more data")
                            .with(HeaderNames.STREAM_CLOSED, HeaderNames.TRUE)
                            .with(HeaderNames.STREAM_NEXT_OFFSET, tail);
            case Outcome.ContentTypeMismatch(String expected) ->
                    conflict("content_type_mismatch", "Content-Type must be '" + expected + "'");
            case Outcome.SequenceRegression(String last) ->
                    conflict(
                            "sequence_regression",
                            "Stream-Seq must be above the last one, '" + last + "'");
            case Outcome.ProducerFenced(long producerEpoch) ->
                    error(
                                    HttpResponseStatus.FORBIDDEN,
                                    "producer_fenced",
                                    "a producer of this id came with a later epoch, "
                                            + producerEpoch)
                            .with(HeaderNames.PRODUCER_EPOCH, producerEpoch);
            case Outcome.ProducerGap(long expected, long received) ->
                    conflict(
                                    "producer_gap",
                                    "Producer-Seq " + expected + " is missing before " + received)
                            .with(HeaderNames.PRODUCER_EXPECTED_SEQ, expected)
                            .with(HeaderNames.PRODUCER_RECEIVED_SEQ, received);
            case Outcome.ProducerSequenceNotZero(long received) ->
                    error(
                            HttpResponseStatus.BAD_REQUEST,
                            "producer_sequence_not_zero",
                            "a new epoch must begin with Producer-Seq 0, not " + received);
            case Outcome.TooManyProducers(int producersMax) ->
                    error(
                            HttpResponseStatus.TOO_MANY_REQUESTS,
                            "too_many_producers",
                            "the stream remembers "
                                    + producersMax
                                    + " producers already; use an id again, or wait until one"
                                    + " was idle for 7 days");
            case Outcome.SourceNotFound() ->
                    error(
                            HttpResponseStatus.NOT_FOUND,
                            "source_not_found",
                            "there is no stream to fork at Stream-Forked-From");
            case Outcome.SourceGone() -> conflict("source_gone", "the stream to fork was deleted");
            case Outcome.Invalid(String reason) ->
                    error(HttpResponseStatus.BAD_REQUEST, "invalid", reason);
        };
    }

    private static Reply created(HttpResponseStatus status, StreamInfo stream) {
        return ended(
                uncached(new Reply(status))
                        .with(HttpHeaderNames.CONTENT_TYPE, stream.contentType())
                        .with(HeaderNames.STREAM_NEXT_OFFSET, stream.tail()),
                stream.closed());
    }

    private static Reply appended(
            HttpResponseStatus status, Offset tail, boolean closed, @Nullable Producer producer) {
        Reply reply = uncached(new Reply(status)).with(HeaderNames.STREAM_NEXT_OFFSET, tail);
        if (producer != null) {
            reply.with(HeaderNames.PRODUCER_EPOCH, producer.producerEpoch())
                    .with(HeaderNames.PRODUCER_SEQ, producer.sequence());
        }
        return ended(reply, closed);
    }

    /// Answers an append of what should be JSON and is not, where something else speaks against it first.
    ///
    /// @return `null` if nothing does
    static @Nullable Reply unfitForJson(StreamInfo stream) {
        if (stream.closed()) {
            return refused(new Outcome.StreamClosed(stream.tail()));
        }
        return ContentTypes.isJson(stream.contentType())
                ? null
                : refused(new Outcome.ContentTypeMismatch(stream.contentType()));
    }

    // --- reads ---

    /// Answers HEAD.
    static Reply metadata(StreamInfo stream) {
        Reply reply =
                uncached(new Reply(HttpResponseStatus.OK))
                        .with(HttpHeaderNames.CONTENT_TYPE, stream.contentType())
                        .with(HeaderNames.STREAM_NEXT_OFFSET, stream.tail());
        switch (stream.lifetime()) {
            case Lifetime.Forever() -> {}
            case Lifetime.IdleFor(long seconds) -> reply.with(HeaderNames.STREAM_TTL, seconds);
            case Lifetime.Until until -> reply.with(HeaderNames.STREAM_EXPIRES_AT, until.time());
        }
        return ended(reply, stream.closed());
    }

    /// Answers a catch-up read, without content if the client has it already.
    ///
    /// @param body of the chunk; taken over
    Reply chunk(StreamInfo stream, Chunk chunk, ByteBuf body, Request request) {
        boolean end = chunk.upToDate() && chunk.closed();
        String tag = ETags.of(stream.streamId(), chunk);
        boolean known = ETags.matches(request.headers(), tag);
        if (known) {
            body.release();
        }
        Reply reply = known ? new Reply(HttpResponseStatus.NOT_MODIFIED) : content(stream, body);
        reply.with(HttpHeaderNames.ETAG, tag)
                .with(
                        HttpHeaderNames.CACHE_CONTROL,
                        caching.of(stream.lifetime(), end || !chunk.upToDate()));
        return placed(reply, chunk.next(), chunk.upToDate(), end);
    }

    /// Answers a long poll that got data. What it got stays right: the next request begins after it.
    ///
    /// @param body of the chunk; taken over
    Reply polled(StreamInfo stream, Chunk chunk, ByteBuf body, long cursor) {
        boolean end = chunk.upToDate() && chunk.closed();
        Reply reply =
                content(stream, body)
                        .with(HttpHeaderNames.ETAG, ETags.of(stream.streamId(), chunk))
                        .with(HttpHeaderNames.CACHE_CONTROL, caching.of(stream.lifetime(), true))
                        .with(HeaderNames.STREAM_CURSOR, cursor);
        return placed(reply, chunk.next(), chunk.upToDate(), end);
    }

    /// Answers a long poll that got none: in time, or because none will ever come.
    static Reply nothingYet(Offset tail, boolean closed, long cursor) {
        Reply reply = uncached(new Reply(HttpResponseStatus.NO_CONTENT));
        if (!closed) {
            reply.with(HeaderNames.STREAM_CURSOR, cursor);
        }
        return placed(reply, tail, true, closed);
    }

    /// Answers a read from `now` on: where that is.
    static Reply now(StreamInfo stream) {
        Offset tail = stream.tail();
        boolean json = ContentTypes.isJson(stream.contentType());
        Reply reply = content(stream, ChunkBodies.of(ByteBuffer.allocate(0), json));
        return placed(uncached(reply), tail, true, stream.closed());
    }

    /// Begins an event stream; the events follow.
    static Reply events(SseFrames.Encoding encoding) {
        Reply reply =
                new Reply(HttpResponseStatus.OK)
                        .with(HttpHeaderNames.CONTENT_TYPE, EVENT_STREAM)
                        .with(HttpHeaderNames.CACHE_CONTROL, "no-cache, no-transform")
                        .with(HeaderNames.X_ACCEL_BUFFERING, "no");
        if (encoding == SseFrames.Encoding.BASE64) {
            reply.with(HeaderNames.STREAM_SSE_DATA_ENCODING, BASE64);
        }
        return reply;
    }

    private static Reply content(StreamInfo stream, ByteBuf body) {
        return new Reply(HttpResponseStatus.OK, body)
                .with(HttpHeaderNames.CONTENT_TYPE, stream.contentType());
    }

    private static Reply placed(Reply reply, Offset next, boolean upToDate, boolean closed) {
        reply.with(HeaderNames.STREAM_NEXT_OFFSET, next);
        if (upToDate) {
            reply.with(HeaderNames.STREAM_UP_TO_DATE, HeaderNames.TRUE);
        }
        return ended(reply, closed);
    }

    private static Reply ended(Reply reply, boolean closed) {
        return closed ? reply.with(HeaderNames.STREAM_CLOSED, HeaderNames.TRUE) : reply;
    }

    /// Answers for a stream that a look-up did not find.
    static Reply absent(Found found) {
        return found instanceof Found.SoftDeleted ? gone() : notFound();
    }

    /// Answers for a stream that ended while a reader waited.
    static Reply absent(StreamReader.State state) {
        return state == StreamReader.State.SOFT_DELETED ? gone() : notFound();
    }

    static Reply badOffset(InvalidOffsetException e) {
        String message = String.valueOf(e.getMessage());
        return e.isGone()
                ? error(HttpResponseStatus.GONE, "offset_gone", message)
                : error(HttpResponseStatus.BAD_REQUEST, "bad_offset", message);
    }

    private static Reply notFound() {
        return error(
                HttpResponseStatus.NOT_FOUND,
                "not_found",
                "there is no such stream: it was never created, or was deleted, or has expired");
    }

    private static Reply gone() {
        return error(
                HttpResponseStatus.GONE,
                "gone",
                "the stream was deleted; its path is free again once its forks are gone");
    }

    // --- everything else ---

    static Reply listing(Listing listing) {
        JsonText text = new JsonText().open('{').name("streams").open('[');
        for (StreamInfo stream : listing.streams()) {
            text.open('{').name("path").value(stream.path());
            text.name("contentType").value(stream.contentType());
            text.name("nextOffset").value(stream.tail().toString());
            text.name("closed").value(stream.closed());
            switch (stream.lifetime()) {
                case Lifetime.Forever() -> {}
                case Lifetime.IdleFor(long seconds) -> text.name("ttlSeconds").value(seconds);
                case Lifetime.Until until -> text.name("expiresAt").value(until.time().toString());
            }
            text.close('}');
        }
        text.close(']').name("next");
        String next = listing.next();
        if (next == null) {
            text.nothing();
        } else {
            text.value(next);
        }
        return json(HttpResponseStatus.OK, text.close('}'));
    }

    /// Answers a question for the server's health.
    ///
    /// @param failure why nothing can be appended any more, or `null`
    static Reply health(String version, boolean noSpace, @Nullable Throwable failure) {
        JsonText text = new JsonText().open('{').name("status");
        if (failure != null) {
            text.value("failed").name("reason").value(String.valueOf(failure.getMessage()));
        } else if (noSpace) {
            text.value("no-space")
                    .name("reason")
                    .value("the disk has no room for appends; reads go on");
        } else {
            text.value("ok");
        }
        text.name("version").value(version).close('}');
        return json(
                failure == null ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                text);
    }

    static Reply preflight() {
        return BrowserHeaders.permitting(new Reply(HttpResponseStatus.NO_CONTENT));
    }

    static Reply badRequest(BadRequestException e) {
        return badRequest(e.code(), e.message());
    }

    static Reply badRequest(String code, String message) {
        return error(HttpResponseStatus.BAD_REQUEST, code, message);
    }

    /// Answers what could not be parsed.
    static Reply undecodable(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return error(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "request_line_too_long",
                    "a request line has at most " + HttpLimits.REQUEST_LINE_BYTES_MAX + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return error(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "headers_too_large",
                    "a request has at most "
                            + HttpLimits.HEADER_FIELDS_MAX
                            + " header fields, with at most "
                            + HttpLimits.HEADER_BYTES_MAX
                            + " bytes together");
        }
        String detail = cause == null ? null : cause.getMessage();
        return badRequest(
                "malformed_request",
                "this is no HTTP request that can be understood"
                        + (detail == null ? "" : ": " + detail));
    }

    static Reply bodyTooLarge(int bytesMax) {
        return error(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                "a body has at most " + bytesMax + " bytes; send it in several appends");
    }

    static Reply requestTimeout() {
        return error(
                HttpResponseStatus.REQUEST_TIMEOUT,
                "request_timeout",
                "the request took too long to arrive");
    }

    static Reply unauthorized() {
        return error(
                        HttpResponseStatus.UNAUTHORIZED,
                        "unauthorized",
                        "send 'Authorization: Bearer ' and a token that this server knows")
                .with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"siltstone\"");
    }

    static Reply nothingHere() {
        return error(
                HttpResponseStatus.NOT_FOUND,
                "nothing_here",
                "streams are at " + Target.STREAMS + "/name");
    }

    static Reply methodNotAllowed(String allowed) {
        return error(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        "method_not_allowed",
                        "what may be done here: " + allowed)
                .with(HttpHeaderNames.ALLOW, allowed);
    }

    static Reply unknownCoding() {
        return error(
                HttpResponseStatus.NOT_IMPLEMENTED,
                "unknown_coding",
                "the only Transfer-Encoding that is understood is 'chunked'");
    }

    static Reply noSubscriptions() {
        return error(
                HttpResponseStatus.NOT_IMPLEMENTED,
                "no_subscriptions",
                "subscriptions are not implemented yet; long polls and event streams are");
    }

    /// Answers who comes when something that is bounded is used up. Trying again helps.
    static Reply busy(String what) {
        return unavailable("busy", what + "; try again in a moment");
    }

    static Reply stopping() {
        return unavailable("stopping", "the server is about to stop");
    }

    /// Answers a read of bytes that the disk does not give back as they were.
    static Reply unreadable(Throwable cause) {
        return error(
                HttpResponseStatus.INTERNAL_SERVER_ERROR,
                "unreadable",
                String.valueOf(cause.getMessage()));
    }

    static Reply internalError() {
        return error(
                HttpResponseStatus.INTERNAL_SERVER_ERROR,
                "internal_error",
                "something unforeseen went wrong; the server's log says more");
    }

    /// Tells a client that waits with its body to send it.
    static HttpResponseStatus goAhead() {
        return HttpResponseStatus.CONTINUE;
    }

    /// Says whether an answer of this status has no body, and no length of one.
    static boolean isWithoutBody(HttpResponseStatus status) {
        return status.equals(HttpResponseStatus.NO_CONTENT)
                || status.equals(HttpResponseStatus.NOT_MODIFIED);
    }

    private static Reply conflict(String code, String message) {
        return error(HttpResponseStatus.CONFLICT, code, message);
    }

    private static Reply unavailable(String code, String message) {
        return error(HttpResponseStatus.SERVICE_UNAVAILABLE, code, message)
                .with(HttpHeaderNames.RETRY_AFTER, SOON);
    }

    private static Reply error(HttpResponseStatus status, String code, String message) {
        return json(
                status,
                new JsonText()
                        .open('{')
                        .name("error")
                        .open('{')
                        .name("code")
                        .value(code)
                        .name("message")
                        .value(message)
                        .close('}')
                        .close('}'));
    }

    private static Reply json(HttpResponseStatus status, JsonText text) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return uncached(new Reply(status, Unpooled.wrappedBuffer(bytes)))
                .with(HttpHeaderNames.CONTENT_TYPE, JSON);
    }

    private static Reply uncached(Reply reply) {
        return reply.with(HttpHeaderNames.CACHE_CONTROL, CachePolicy.NO_STORE);
    }
}
