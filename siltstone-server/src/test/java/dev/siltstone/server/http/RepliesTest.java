package dev.siltstone.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.stream.Lifetime;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.Outcome;
import dev.siltstone.stream.Producer;
import dev.siltstone.stream.StreamInfo;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RepliesTest {
    private static final Offset TAIL = new Offset(7, 42);
    private static final Producer PRODUCER = new Producer("p", 3, 9);
    private static final StreamInfo STREAM =
            new StreamInfo("s", 7, "text/plain", TAIL, false, Lifetime.FOREVER);

    static Stream<Arguments> outcomes() {
        String next = "stream-next-offset=" + TAIL;
        return Stream.of(
                outcome(new Outcome.Created(STREAM), 201, next, "location=http://h/v1/stream/s"),
                outcome(new Outcome.Existing(STREAM), 200, next, "content-type=text/plain"),
                outcome(new Outcome.Appended(TAIL, false, null), 204, next),
                outcome(new Outcome.Appended(TAIL, true, null), 204, next, "stream-closed=true"),
                outcome(
                        new Outcome.Appended(TAIL, false, PRODUCER),
                        200,
                        next,
                        "producer-epoch=3",
                        "producer-seq=9"),
                outcome(
                        new Outcome.Duplicate(TAIL, true, PRODUCER),
                        204,
                        next,
                        "stream-closed=true",
                        "producer-seq=9"),
                outcome(new Outcome.Deleted(), 204),
                outcome(new Outcome.NotFound(), 404),
                outcome(new Outcome.Gone(), 410),
                outcome(new Outcome.ConfigurationMismatch("it differs"), 409),
                outcome(new Outcome.StreamClosed(TAIL), 409, next, "stream-closed=true"),
                outcome(new Outcome.ContentTypeMismatch("a/b"), 409),
                outcome(new Outcome.SequenceRegression("z"), 409),
                outcome(new Outcome.ProducerFenced(4), 403, "producer-epoch=4"),
                outcome(
                        new Outcome.ProducerGap(5, 8),
                        409,
                        "producer-expected-seq=5",
                        "producer-received-seq=8"),
                outcome(new Outcome.ProducerSequenceNotZero(5), 400),
                outcome(new Outcome.TooManyProducers(9), 429),
                outcome(new Outcome.SourceNotFound(), 404),
                outcome(new Outcome.SourceGone(), 409),
                outcome(new Outcome.Invalid("so not"), 400),
                outcome(new Outcome.NoSpace("full"), 507),
                outcome(new Outcome.TryAgain("changed"), 503, "retry-after=1"),
                outcome(new Outcome.Unavailable("failed"), 503, "retry-after=1"));
    }

    private static Arguments outcome(Outcome outcome, int status, String... headers) {
        return Arguments.of(outcome, status, headers);
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void answersEveryOutcome(Outcome outcome, int status, String[] headers) throws Exception {
        Reply reply = Replies.outcome(outcome, request(), true);
        assertThat(reply.status().code()).isEqualTo(status);
        for (String header : headers) {
            int equals = header.indexOf('=');
            assertThat(reply.headers().get(header.substring(0, equals)))
                    .as(header)
                    .isEqualTo(header.substring(equals + 1));
        }
        assertThat(reply.headers().get("cache-control")).isEqualTo("no-store");
        if (status >= 400) {
            assertThat(reply.body().toString(StandardCharsets.UTF_8))
                    .startsWith("{\"error\":{\"code\":\"")
                    .contains("\",\"message\":\"");
        }
        reply.drop();
    }

    @Test
    void answersAProducersCloseWithoutContentLikeAnyClose() throws Exception {
        var closed = new Outcome.Appended(TAIL, true, PRODUCER);
        assertThat(Replies.outcome(closed, request(), false).status().code()).isEqualTo(204);
    }

    @Test
    void saysWhenSpaceIsShortAndWhenTheLogHasFailed() {
        assertThat(health(false, null)).isEqualTo("200 {\"status\":\"ok\",\"version\":\"1\"}");
        assertThat(health(true, null)).startsWith("200 {\"status\":\"no-space\",\"reason\":");
        assertThat(health(true, new IllegalStateException("disk \"x\"\n")))
                .startsWith("503 {\"status\":\"failed\",\"reason\":\"disk \\\"x\\\"\\u000a\"");
    }

    @Test
    void tellsTheLifetimeOfAStream() {
        Instant end = Instant.parse("2030-01-01T00:00:00Z");
        assertThat(metadata(new Lifetime.IdleFor(60)).headers().get("stream-ttl")).isEqualTo("60");
        assertThat(metadata(new Lifetime.Until(end)).headers().get("stream-expires-at"))
                .isEqualTo(end.toString());
        Reply forever = metadata(Lifetime.FOREVER);
        assertThat(forever.headers().contains("stream-ttl")).isFalse();
        assertThat(forever.headers().contains("stream-expires-at")).isFalse();
    }

    private static Reply metadata(Lifetime lifetime) {
        return Replies.metadata(new StreamInfo("s", 7, "text/plain", TAIL, false, lifetime));
    }

    private static String health(boolean noSpace, @Nullable Throwable failure) {
        Reply reply = Replies.health("1", noSpace, failure);
        return reply.status().code() + " " + reply.body().toString(StandardCharsets.UTF_8);
    }

    private static Request request() throws BadRequestException {
        HttpRequest head =
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.PUT, "/v1/stream/s");
        head.headers().set("host", "h");
        return Request.of(head);
    }
}
