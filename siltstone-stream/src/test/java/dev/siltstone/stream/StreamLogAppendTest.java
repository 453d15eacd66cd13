package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamLogAppendTest extends StreamLogFixture {
    // --- create ---

    @Test
    void createsAndConfirmsAStream() throws Exception {
        StreamInfo created = created(create("a", TEXT, "hello"));
        assertThat(created.tail().wireByte()).isEqualTo(5);

        Outcome again = log.execute(create("a", "TEXT/plain", "other data"));
        assertThat(again).isEqualTo(new Outcome.Existing(created));
        assertThat(read("a")).isEqualTo("hello");
    }

    @Test
    void tellsWhatDiffersFromTheStreamThatIsThere() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(log.execute(create("a", JSON, "")))
                .isInstanceOf(Outcome.ConfigurationMismatch.class);
        assertThat(
                        log.execute(
                                new Command.Create(
                                        "a",
                                        TEXT,
                                        new Lifetime.IdleFor(5),
                                        false,
                                        null,
                                        Payload.EMPTY)))
                .isInstanceOf(Outcome.ConfigurationMismatch.class);
        assertThat(
                        log.execute(
                                new Command.Create(
                                        "a", TEXT, Lifetime.FOREVER, true, null, Payload.EMPTY)))
                .isEqualTo(new Outcome.ConfigurationMismatch("it is open"));
    }

    @Test
    void usesTheDefaultTypeAndConfirmsWithoutOne() throws Exception {
        StreamInfo created = created(create("a", null, ""));
        assertThat(created.contentType()).isEqualTo("application/octet-stream");
        assertThat(log.execute(create("a", null, ""))).isInstanceOf(Outcome.Existing.class);
    }

    // --- append ---

    @Test
    void appendsInOrderAndSurvivesARestart() throws Exception {
        created(create("a", TEXT, "1"));
        for (String text : List.of("2", "3", "4")) {
            assertThat(log.execute(append("a", text))).isInstanceOf(Outcome.Appended.class);
        }
        assertThat(read("a")).isEqualTo("1234");
        long epoch = log.writerEpoch();

        restart();
        assertThat(read("a")).isEqualTo("1234");
        assertThat(log.writerEpoch()).isEqualTo(epoch + 1);
        assertThat(log.execute(append("a", "5"))).isInstanceOf(Outcome.Appended.class);
        assertThat(read("a")).isEqualTo("12345");
    }

    @Test
    void refusesDataOfAnotherTypeOrNone() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(log.execute(new Command.Append("a", JSON, json("[1]"), false, null, null)))
                .isEqualTo(new Outcome.ContentTypeMismatch(TEXT));
        assertThat(log.execute(new Command.Append("a", TEXT, Payload.EMPTY, false, null, null)))
                .isInstanceOf(Outcome.Invalid.class);
        assertThat(log.execute(append("missing", "x"))).isEqualTo(new Outcome.NotFound());
    }

    @Test
    void closesOnceAndForAll() throws Exception {
        created(create("a", TEXT, "1"));
        Outcome.Appended closed =
                (Outcome.Appended)
                        log.execute(new Command.Append("a", TEXT, text("2"), true, null, null));
        assertThat(closed.closed()).isTrue();

        restart();
        assertThat(log.execute(append("a", "3")))
                .isEqualTo(new Outcome.StreamClosed(closed.tail()));
        assertThat(log.execute(new Command.Append("a", null, Payload.EMPTY, true, null, null)))
                .isEqualTo(new Outcome.Duplicate(closed.tail(), true, null));
        assertThat(log.execute(new Command.Append("a", TEXT, text("3"), true, null, null)))
                .isEqualTo(new Outcome.StreamClosed(closed.tail()));
        assertThat(log.execute(new Command.Append("a", JSON, json("[3]"), false, null, null)))
                .as("closure comes before the type")
                .isEqualTo(new Outcome.StreamClosed(closed.tail()));
        assertThat(readChunk("a", Offset.BEGINNING).closed()).isTrue();
    }

    @Test
    void recognisesARepeatOfTheAppendThatClosed() throws Exception {
        created(create("a", TEXT, ""));
        Producer producer = new Producer("p", 0, 0);
        Command closing = new Command.Append("a", TEXT, text("x"), true, producer, null);
        Outcome.Appended closed = (Outcome.Appended) log.execute(closing);

        restart();
        assertThat(log.execute(closing))
                .isEqualTo(new Outcome.Duplicate(closed.tail(), true, producer));
        assertThat(
                        log.execute(
                                new Command.Append(
                                        "a", TEXT, text("x"), true, new Producer("p", 0, 1), null)))
                .isEqualTo(new Outcome.StreamClosed(closed.tail()));
        assertThat(
                        log.execute(
                                new Command.Append(
                                        "a",
                                        null,
                                        Payload.EMPTY,
                                        true,
                                        new Producer("q", 0, 0),
                                        null)))
                .isEqualTo(new Outcome.StreamClosed(closed.tail()));
    }
}
