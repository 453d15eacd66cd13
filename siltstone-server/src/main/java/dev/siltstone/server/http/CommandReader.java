package dev.siltstone.server.http;

import dev.siltstone.stream.Command;
import dev.siltstone.stream.ContentTypes;
import dev.siltstone.stream.ForkPoint;
import dev.siltstone.stream.InvalidJsonException;
import dev.siltstone.stream.Lifetime;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.Payload;
import dev.siltstone.stream.Producer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns the header fields and the body of a request into a command for the log. Whatever the protocol
/// lets a server refuse without looking at the stream is refused here.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, sections 5.1 and 5.2</a>
final class CommandReader {
    private static final int TTL_DIGITS_MAX = 10;
    private static final int NUMBER_DIGITS_MAX = 16;

    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?"
                            + "([Zz]|[+-]\\d{2}:\\d{2})");

    private CommandReader() {}

    /// Reads a PUT.
    ///
    /// @param sourceType content type of the source, for a fork that has content but names no type
    static Command create(
            Request request, String path, ByteBuffer body, @Nullable String sourceType)
            throws BadRequestException, InvalidJsonException {
        String contentType = contentType(request);
        ForkPoint fork = fork(request);
        Lifetime lifetime = lifetime(request);
        if (contentType == null && body.hasRemaining()) {
            contentType = fork == null ? ContentTypes.DEFAULT : sourceType;
        }
        return new Command.Create(
                path,
                contentType,
                lifetime,
                request.closesStream(),
                fork,
                payload(contentType, body));
    }

    /// Reads a POST.
    static Command append(Request request, String path, ByteBuffer body)
            throws BadRequestException, InvalidJsonException {
        boolean close = request.closesStream();
        Producer producer = producer(request);
        String streamSeq = bounded(request, HeaderNames.STREAM_SEQ);
        if (!body.hasRemaining()) {
            if (!close) {
                throw new BadRequestException(
                        "empty_body",
                        "an append needs a body; only a request with Stream-Closed: true may"
                                + " come without one");
            }
            return new Command.Append(path, null, Payload.EMPTY, true, producer, streamSeq);
        }
        String contentType = contentType(request);
        if (contentType == null) {
            throw new BadRequestException(
                    "missing_content_type", "Content-Type must be given: that of the stream");
        }
        Payload payload = payload(contentType, body);
        if (payload.isEmpty()) {
            throw new BadRequestException(
                    "empty_array", "an append of an empty JSON array would append nothing");
        }
        return new Command.Append(path, contentType, payload, close, producer, streamSeq);
    }

    private static Payload payload(@Nullable String contentType, ByteBuffer body)
            throws InvalidJsonException {
        if (!body.hasRemaining()) {
            return Payload.EMPTY;
        }
        return contentType != null && ContentTypes.isJson(contentType)
                ? Payload.ofJson(body)
                : Payload.ofBytes(body);
    }

    static @Nullable String contentType(Request request) throws BadRequestException {
        String value = bounded(request, HttpHeaderNames.CONTENT_TYPE);
        if (value != null && !MediaTypeSyntax.isValid(value)) {
            throw new BadRequestException(
                    "bad_content_type", "Content-Type must look like type/subtype; name=value");
        }
        return value;
    }

    private static @Nullable String bounded(Request request, AsciiString name)
            throws BadRequestException {
        String value = request.field(name);
        if (value != null && value.length() > Command.TEXT_BYTES_MAX) {
            throw new BadRequestException(
                    "header_too_long", name + " has at most " + Command.TEXT_BYTES_MAX + " bytes");
        }
        return value;
    }

    private static @Nullable Producer producer(Request request) throws BadRequestException {
        String id = request.field(HeaderNames.PRODUCER_ID);
        String epoch = request.field(HeaderNames.PRODUCER_EPOCH);
        String sequence = request.field(HeaderNames.PRODUCER_SEQ);
        if (id == null && epoch == null && sequence == null) {
            return null;
        }
        if (id == null || epoch == null || sequence == null) {
            throw new BadRequestException(
                    "incomplete_producer",
                    "Producer-Id, Producer-Epoch and Producer-Seq must come together or not at"
                            + " all");
        }
        long epochNumber = number("Producer-Epoch", epoch, Producer.NUMBER_MAX);
        long sequenceNumber = number("Producer-Seq", sequence, Producer.NUMBER_MAX);
        try {
            return new Producer(id, epochNumber, sequenceNumber);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException("bad_producer", String.valueOf(e.getMessage()));
        }
    }

    private static Lifetime lifetime(Request request) throws BadRequestException {
        String ttl = request.field(HeaderNames.STREAM_TTL);
        String expiresAt = request.field(HeaderNames.STREAM_EXPIRES_AT);
        if (ttl != null && expiresAt != null) {
            throw new BadRequestException(
                    "two_lifetimes", "only one of Stream-TTL and Stream-Expires-At may be given");
        }
        if (ttl != null) {
            return new Lifetime.IdleFor(seconds(ttl));
        }
        return expiresAt == null ? Lifetime.FOREVER : new Lifetime.Until(time(expiresAt));
    }

    private static long seconds(String ttl) throws BadRequestException {
        if (ttl.length() <= TTL_DIGITS_MAX && isPlainNumber(ttl)) {
            long seconds = Long.parseLong(ttl);
            if (seconds <= Lifetime.IdleFor.SECONDS_MAX) {
                return seconds;
            }
        }
        throw new BadRequestException(
                "bad_ttl",
                "Stream-TTL must be a number of seconds from 0 to "
                        + Lifetime.IdleFor.SECONDS_MAX
                        + ", in digits, without sign, point or leading zeros");
    }

    private static Instant time(String expiresAt) throws BadRequestException {
        if (RFC_3339.matcher(expiresAt).matches()) {
            try {
                return OffsetDateTime.parse(expiresAt.toUpperCase(Locale.ROOT))
                        .toInstant()
                        .truncatedTo(ChronoUnit.MILLIS);
            } catch (DateTimeException e) {
                // said below
            }
        }
        throw new BadRequestException(
                "bad_expires_at",
                "Stream-Expires-At must be a time of RFC 3339, like 2030-01-31T12:00:00Z");
    }

    private static @Nullable ForkPoint fork(Request request) throws BadRequestException {
        String source = request.field(HeaderNames.STREAM_FORKED_FROM);
        String offset = request.field(HeaderNames.STREAM_FORK_OFFSET);
        String subOffset = request.field(HeaderNames.STREAM_FORK_SUB_OFFSET);
        if (source == null) {
            if (offset != null || subOffset != null) {
                throw new BadRequestException(
                        "no_fork_source",
                        "Stream-Fork-Offset and Stream-Fork-Sub-Offset need Stream-Forked-From");
            }
            return null;
        }
        return new ForkPoint(
                Target.parseSource(source),
                offset == null ? null : forkOffset(offset),
                subOffset == null
                        ? 0
                        : number("Stream-Fork-Sub-Offset", subOffset, Producer.NUMBER_MAX));
    }

    /// Returns the path of the source of a fork, or `null` if this is none.
    static @Nullable String forkSource(Request request) throws BadRequestException {
        String source = request.field(HeaderNames.STREAM_FORKED_FROM);
        return source == null ? null : Target.parseSource(source);
    }

    private static Offset forkOffset(String text) throws BadRequestException {
        if (text.equals("-1")) {
            return Offset.BEGINNING;
        }
        return Offset.parse(text)
                .orElseThrow(() ->
                        new BadRequestException(
                                "bad_fork_offset",
                                "Stream-Fork-Offset must be an offset that this server"
                                        + " gave out, or -1"));
    }

    private static long number(String name, String text, long max) throws BadRequestException {
        if (text.length() <= NUMBER_DIGITS_MAX && isPlainNumber(text)) {
            long number = Long.parseLong(text);
            if (number <= max) {
                return number;
            }
        }
        throw new BadRequestException(
                "bad_number",
                name
                        + " must be an integer from 0 to "
                        + max
                        + ", in digits, without sign, point or leading zeros");
    }

    private static boolean isPlainNumber(String text) {
        if (text.isEmpty() || (text.length() > 1 && text.charAt(0) == '0')) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
