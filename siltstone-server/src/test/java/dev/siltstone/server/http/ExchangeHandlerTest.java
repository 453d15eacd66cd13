package dev.siltstone.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import dev.siltstone.stream.Command;
import dev.siltstone.stream.Lifetime;
import dev.siltstone.stream.Payload;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamLogSettings;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExchangeHandlerTest {
    private static final int PART_BYTES = 20 << 10;

    @TempDir Path directory;

    /// Such a body has no share of the budget yet, so hardly any of it may be taken from the network.
    @Test
    void doesNotReadOnWhenTheBodyOfTheNextRequestComesBeforeTheAnswer() throws Exception {
        StreamLogSettings settings =
                StreamLogSettings.defaults()
                        .withJournal(JournalSettings.ofFileBytes(1 << 20))
                        .withLeader(LeaderMode.CALLER);
        try (StreamLog log = StreamLog.open(directory, settings)) {
            log.execute(
                    new Command.Create(
                            "s", "text/plain", Lifetime.FOREVER, false, null, Payload.EMPTY));
            var channel = new EmbeddedChannel();
            var shared =
                    Shared.of(
                            log,
                            HttpLimits.defaults(),
                            Access.OPEN,
                            InstantSource.system(),
                            "*",
                            "test");
            var loop = new Loop(channel.eventLoop(), shared, new SplittableRandom(1));
            channel.pipeline().addLast(new ExchangeHandler(loop, false));

            channel.writeInbound(
                    request(HttpMethod.GET, "?offset=now&live=long-poll"),
                    LastHttpContent.EMPTY_LAST_CONTENT);
            assertThat(shared.waiters().taken()).isEqualTo(1);
            channel.writeInbound(request(HttpMethod.POST, ""));
            assertThat(channel.config().isAutoRead()).isTrue();
            channel.writeInbound(new DefaultHttpContent(Unpooled.buffer().writeZero(PART_BYTES)));
            assertThat(channel.config().isAutoRead()).isFalse();

            channel.finishAndReleaseAll();
            assertThat(shared.waiters().taken()).isZero();
            assertThat(shared.bodyBytes().taken()).isZero();
        }
    }

    private static HttpRequest request(HttpMethod method, String query) {
        var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/v1/stream/s" + query);
        request.headers().set(HttpHeaderNames.HOST, "test");
        return request;
    }
}
