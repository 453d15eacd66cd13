package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.journal.JournalSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamLogReadTest extends StreamLogFixture {
    // --- delete ---

    @Test
    void refusesOffsetsOfADeletedIncarnation() throws Exception {
        StreamInfo first = created(create("a", TEXT, "hello"));
        assertThat(log.execute(new Command.Delete("a"))).isEqualTo(new Outcome.Deleted());
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
        assertThat(log.execute(new Command.Delete("a"))).isEqualTo(new Outcome.NotFound());

        StreamInfo second = created(create("a", TEXT, "world"));
        assertThat(second.streamId()).isNotEqualTo(first.streamId());
        assertThatThrownBy(() -> reader("a").resolve(first.tail()))
                .isInstanceOfSatisfying(
                        InvalidOffsetException.class, e -> assertThat(e.isGone()).isTrue());
        assertThat(read("a")).isEqualTo("world");
    }

    @Test
    void refusesOffsetsThatWereNeverGivenOut() throws Exception {
        StreamInfo stream = created(create("a", TEXT, "hello"));
        for (Offset offset :
                List.of(new Offset(9_999_999_999_999_999L, 1), new Offset(stream.streamId(), 6))) {
            assertThatThrownBy(() -> reader("a").resolve(offset))
                    .isInstanceOfSatisfying(
                            InvalidOffsetException.class, e -> assertThat(e.isGone()).isFalse());
        }
    }

    // --- reads ---

    @Test
    void endsChunksAtTheSamePlacesForEver() throws Exception {
        created(create("a", "application/octet-stream", ""));
        byte[] data = new byte[300_000];
        new Random(7).nextBytes(data);
        for (int i = 0; i < 10; i++) {
            log.execute(
                    new Command.Append(
                            "a",
                            "application/octet-stream",
                            Payload.ofBytes(ByteBuffer.wrap(data)),
                            false,
                            null,
                            null));
        }
        List<Long> ends = ends("a");
        assertThat(ends).containsExactly(1L << 20, 2L << 20, 3_000_000L);

        restart();
        assertThat(ends("a")).isEqualTo(ends);
        Chunk middle = readChunk("a", new Offset(reader("a").info().tail().lineage(), 1_500_000));
        assertThat(middle.next().wireByte()).isEqualTo(2L << 20);
        assertThat(middle.upToDate()).isFalse();
        assertThat(middle.bytes().slice(0, 300_000)).isEqualTo(ByteBuffer.wrap(data));
    }

    @Test
    void endsJsonChunksAfterTheMessageThatReachesTheBoundary() throws Exception {
        created(create("a", JSON, ""));
        String message = "\"" + "x".repeat(99_997) + "\""; // 100,000 bytes with its comma
        StringBuilder batch = new StringBuilder("[");
        for (int i = 0; i < 25; i++) {
            batch.append(i == 0 ? "" : ",").append(message);
        }
        log.execute(new Command.Append("a", JSON, json(batch + "]"), false, null, null));

        assertThat(ends("a")).containsExactly(1_100_000L, 2_100_000L, 2_500_000L);
        restart();
        assertThat(ends("a")).containsExactly(1_100_000L, 2_100_000L, 2_500_000L);
    }

    @Test
    void refusesJsonOffsetsWithinAMessage() throws Exception {
        StreamInfo stream =
                created(
                        new Command.Create(
                                "a", JSON, Lifetime.FOREVER, false, null, json("[11,222,3]")));
        log.execute(new Command.Append("a", JSON, json("4444"), false, null, null));
        List<Long> boundaries = List.of(0L, 3L, 7L, 9L, 14L);
        for (long at = 0; at <= 14; at++) {
            Offset offset = new Offset(stream.streamId(), at);
            if (boundaries.contains(at)) {
                assertThat(readChunk("a", offset).next().wireByte()).isEqualTo(14);
            } else {
                assertThatThrownBy(() -> readChunk("a", offset))
                        .isInstanceOf(InvalidOffsetException.class)
                        .hasMessageContaining("within a JSON message");
            }
        }
    }

    @Test
    void endsTextChunksBetweenCodePoints() throws Exception {
        created(create("a", TEXT, ""));
        String text = "a" + "é".repeat((1 << 19) + 10);
        log.execute(append("a", text));

        Chunk first = readChunk("a", Offset.BEGINNING);
        assertThat(first.length()).isEqualTo((1 << 20) + 1);
        assertThat(UTF_8.newDecoder().decode(first.bytes()).length()).isPositive();
        assertThat(read("a")).isEqualTo(text);
    }

    @Test
    void readsAStreamThatIsSpreadOverManyFiles() throws Exception {
        log.close();
        settings = settings.withJournal(JournalSettings.ofFileBytes(64 << 10));
        open();
        StringBuilder[] expected = {new StringBuilder(), new StringBuilder()};
        created(create("s0", TEXT, ""));
        created(create("s1", TEXT, ""));
        for (int i = 0; i < 3_000; i++) {
            String text = i + " ".repeat(i % 97) + "\n";
            expected[i % 2].append(text);
            assertThat(log.execute(append("s" + i % 2, text))).isInstanceOf(Outcome.Appended.class);
            if (i % 500 == 0) {
                log.keepHouse();
            }
        }
        for (int round = 0; round < 3; round++) {
            assertThat(read("s0")).isEqualTo(expected[0].toString());
            assertThat(read("s1")).isEqualTo(expected[1].toString());
            restart();
            if (round == 1) {
                log.keepHouse();
            }
        }
    }

    @Test
    void isNotDisturbedByInterruptedReaders() throws Exception {
        created(create("a", TEXT, "hello"));
        Thread.currentThread().interrupt();
        assertThat(read("a")).isEqualTo("hello");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(read("a")).isEqualTo("hello");
    }
}
