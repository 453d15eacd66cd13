package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamLogForkTest extends StreamLogFixture {
    @Test
    void readsAForkAsSourceAndOwnBytes() throws Exception {
        StreamInfo source = created(create("src", TEXT, "hello"));
        StreamInfo fork = created(fork("fork", "src", null, 0, "!"));
        log.execute(append("src", " source"));
        log.execute(append("fork", " fork"));
        assertThat(fork.tail().lineage()).isEqualTo(source.streamId());

        StreamInfo leaf =
                created(fork("leaf", "fork", new Offset(source.streamId(), 2), 0, "LEAF"));
        for (int i = 0; i < 2; i++) {
            assertThat(read("src")).isEqualTo("hello source");
            assertThat(read("fork")).isEqualTo("hello! fork");
            assertThat(read("leaf")).isEqualTo("heLEAF");
            Chunk tail = readChunk("leaf", new Offset(leaf.tail().lineage(), 1));
            assertThat(UTF_8.decode(tail.bytes()).toString()).isEqualTo("eLEAF");
            restart();
        }
    }

    @Test
    void countsSubOffsetsInBytesOrMessagesOfOneAppend() throws Exception {
        StreamInfo text = created(create("text", TEXT, "first"));
        log.execute(append("text", "second"));
        Offset anchor = text.tail();
        created(fork("f1", "text", anchor, 3, ""));
        created(fork("f2", "text", anchor, 6, ""));
        assertThat(read("f1")).isEqualTo("firstsec");
        assertThat(read("f2")).isEqualTo("firstsecond");
        assertThat(log.execute(fork("f3", "text", anchor, 7, "")))
                .isInstanceOf(Outcome.Invalid.class);
        assertThat(log.execute(fork("f3", "text", Offset.BEGINNING, 6, "")))
                .as("past the append at the anchor")
                .isInstanceOf(Outcome.Invalid.class);
        assertThat(log.execute(fork("f3", "text", null, 1, "")))
                .isInstanceOf(Outcome.Invalid.class);

        created(
                new Command.Create(
                        "json", JSON, Lifetime.FOREVER, false, null, json("[1,22,333]")));
        created(fork("j1", "json", Offset.BEGINNING, 2, ""));
        assertThat(read("j1")).isEqualTo("1,22,");
        assertThat(log.execute(fork("j2", "json", Offset.BEGINNING, 4, "")))
                .isInstanceOf(Outcome.Invalid.class);
        created(fork("j3", "j1", Offset.BEGINNING, 1, ""));
        assertThat(read("j3")).isEqualTo("1,");
        assertThat(log.execute(fork("j4", "j1", Offset.BEGINNING, 3, "")))
                .as("the fork ends within the append")
                .isInstanceOf(Outcome.Invalid.class);
    }

    @Test
    void refusesForksOfWhatIsNotThere() throws Exception {
        StreamInfo source = created(create("src", TEXT, "hello"));
        assertThat(log.execute(fork("f", "nowhere", null, 0, "")))
                .isEqualTo(new Outcome.SourceNotFound());
        assertThat(log.execute(fork("f", "src", new Offset(source.streamId(), 6), 0, "")))
                .isInstanceOf(Outcome.Invalid.class);
        assertThat(
                        log.execute(
                                fork(
                                        "f",
                                        "src",
                                        new Offset(9_999_999_999_999_999L, 9_999_999_999_999_999L),
                                        0,
                                        "")))
                .isInstanceOf(Outcome.Invalid.class);
        assertThat(
                        log.execute(
                                new Command.Create(
                                        "f",
                                        JSON,
                                        Lifetime.FOREVER,
                                        false,
                                        new ForkPoint("src", null, 0),
                                        Payload.EMPTY)))
                .isEqualTo(new Outcome.ContentTypeMismatch(TEXT));
        created(fork("f", "src", null, 0, ""));
        log.execute(new Command.Delete("src"));
        assertThat(log.execute(fork("g", "src", null, 0, ""))).isEqualTo(new Outcome.SourceGone());
    }

    @Test
    void confirmsAForkThatIsAskedForAgain() throws Exception {
        StreamInfo source =
                created(
                        new Command.Create(
                                "src", TEXT, new Lifetime.IdleFor(60), false, null, text("hello")));
        Command.Create atTail = fork("f", "src", null, 0, "");
        Command.Create atOffset = fork("g", "src", new Offset(source.streamId(), 2), 1, "");
        created(atTail);
        created(atOffset);
        log.execute(append("src", "more"));
        restart();

        assertThat(log.execute(atTail)).isInstanceOf(Outcome.Existing.class);
        assertThat(log.execute(atOffset)).isInstanceOf(Outcome.Existing.class);
        assertThat(log.execute(fork("g", "src", new Offset(source.streamId(), 2), 2, "")))
                .isInstanceOf(Outcome.ConfigurationMismatch.class);
        assertThat(log.execute(fork("g", "f", new Offset(source.streamId(), 2), 1, "")))
                .isInstanceOf(Outcome.ConfigurationMismatch.class);
        assertThat(log.execute(create("g", TEXT, "")))
                .isInstanceOf(Outcome.ConfigurationMismatch.class);
    }

    @Test
    void keepsADeletedSourceUntilItsLastForkGoes() throws Exception {
        created(create("src", TEXT, "hello"));
        created(fork("f", "src", null, 0, ""));
        assertThat(log.execute(new Command.Delete("src"))).isEqualTo(new Outcome.Deleted());
        for (int i = 0; i < 2; i++) {
            assertThat(log.find("src")).isInstanceOf(Found.SoftDeleted.class);
            assertThat(log.execute(append("src", "x"))).isEqualTo(new Outcome.Gone());
            assertThat(log.execute(new Command.Delete("src"))).isEqualTo(new Outcome.Gone());
            assertThat(log.execute(create("src", TEXT, "")))
                    .isInstanceOf(Outcome.ConfigurationMismatch.class);
            assertThat(read("f")).isEqualTo("hello");
            restart();
        }
        log.execute(new Command.Delete("f"));
        assertThat(log.find("src")).isInstanceOf(Found.None.class);
        created(create("src", TEXT, "new"));
    }
}
