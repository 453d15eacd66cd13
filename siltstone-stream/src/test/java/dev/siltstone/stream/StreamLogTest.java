package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskLockedException;
import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.JournalSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamLogTest {
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    @TempDir Path directory;

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private StreamLogSettings settings =
            StreamLogSettings.defaults().withJournal(JournalSettings.ofFileBytes(4 << 20));
    private StreamLog log;

    @BeforeEach
    void open() throws IOException {
        log =
                StreamLog.open(
                        new RealDisk(),
                        directory,
                        settings,
                        clock,
                        NanoClock.system(),
                        new Random(1));
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void restart() throws IOException {
        log.close();
        open();
    }

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

    // --- producers ---

    @Test
    void takesEachRequestOfAProducerOnceAcrossRestarts() throws Exception {
        created(create("a", TEXT, ""));
        for (int i = 0; i < 4; i++) {
            Command append =
                    new Command.Append(
                            "a", TEXT, text("" + i), false, new Producer("p", 0, i), null);
            assertThat(log.execute(append)).isInstanceOf(Outcome.Appended.class);
            restart();
            assertThat(log.execute(append)).isInstanceOf(Outcome.Duplicate.class);
        }
        assertThat(read("a")).isEqualTo("0123");
    }

    @Test
    void recognisesARepeatThatAlsoCarriesAStreamSeq() throws Exception {
        created(create("a", TEXT, ""));
        Command append =
                new Command.Append("a", TEXT, text("x"), false, new Producer("p", 0, 0), "s1");
        Outcome.Appended appended = (Outcome.Appended) log.execute(append);

        assertThat(log.execute(append))
                .isEqualTo(new Outcome.Duplicate(appended.tail(), false, new Producer("p", 0, 0)));
    }

    @Test
    void fencesStaleEpochsAndNamesGaps() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(produce(5, 3)).isEqualTo(new Outcome.ProducerGap(0, 3));
        assertThat(produce(5, 0)).isInstanceOf(Outcome.Appended.class);
        assertThat(produce(4, 1)).isEqualTo(new Outcome.ProducerFenced(5));
        assertThat(produce(5, 3)).isEqualTo(new Outcome.ProducerGap(1, 3));
        assertThat(produce(6, 1)).isEqualTo(new Outcome.ProducerSequenceNotZero(1));
        assertThat(produce(6, 0)).isInstanceOf(Outcome.Appended.class);
        assertThat(produce(5, 1)).isEqualTo(new Outcome.ProducerFenced(6));
    }

    @Test
    void tellsARepeatTheHighestSequenceAccepted() throws Exception {
        created(create("a", TEXT, ""));
        for (int i = 0; i < 3; i++) {
            assertThat(produce(0, i)).isInstanceOf(Outcome.Appended.class);
        }
        assertThat(produce(0, 1))
                .isInstanceOfSatisfying(
                        Outcome.Duplicate.class,
                        d -> assertThat(d.producer()).isEqualTo(new Producer("p", 0, 2)));
    }

    @Test
    void boundsTheProducersOfAStream() throws Exception {
        log.close();
        settings = settings.withProducersPerStreamMax(2);
        open();
        created(create("a", TEXT, ""));
        for (String id : List.of("p1", "p2")) {
            assertThat(
                            log.execute(
                                    new Command.Append(
                                            "a",
                                            TEXT,
                                            text("x"),
                                            false,
                                            new Producer(id, 0, 0),
                                            null)))
                    .isInstanceOf(Outcome.Appended.class);
        }
        Command third =
                new Command.Append("a", TEXT, text("x"), false, new Producer("p3", 0, 0), null);
        assertThat(log.execute(third)).isEqualTo(new Outcome.TooManyProducers(2));

        now.addAndGet(ProducerStates.KEPT_MILLIS + 1);
        assertThat(log.execute(third)).isInstanceOf(Outcome.Appended.class);
    }

    @Test
    void ordersByStreamSeqByteByByte() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(appendSeq("2")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("10")).isEqualTo(new Outcome.SequenceRegression("2"));
        assertThat(appendSeq("2")).isEqualTo(new Outcome.SequenceRegression("2"));
        assertThat(appendSeq("a")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("B")).isEqualTo(new Outcome.SequenceRegression("a"));
        restart();
        assertThat(appendSeq("a")).isEqualTo(new Outcome.SequenceRegression("a"));
        assertThat(appendSeq("\uFFFD")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("\uD83D\uDE00"))
                .as("above, in UTF-8")
                .isInstanceOf(Outcome.Appended.class);
    }

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

    // --- forks ---

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

    // --- lifetime ---

    @Test
    void endsAnIdleStreamAndKeepsAUsedOne() throws Exception {
        created(ttl("idle", 10));
        created(ttl("used", 10));
        now.addAndGet(9_000);
        reader("used").renew();
        now.addAndGet(1_000);

        assertThat(log.find("idle")).isInstanceOf(Found.None.class);
        assertThat(log.execute(append("idle", "x"))).isEqualTo(new Outcome.NotFound());
        assertThat(log.execute(append("used", "x"))).isInstanceOf(Outcome.Appended.class);
        now.addAndGet(9_999);
        assertThat(log.find("used")).isInstanceOf(Found.Stream.class);
        log.keepHouse();
        created(create("idle", TEXT, "new"));
    }

    @Test
    void endsStreamsThatNobodyAsksFor() throws Exception {
        created(ttl("idle", 10));
        now.addAndGet(10_000);
        log.keepHouse();
        log.execute(append("idle", "x"));
        now.addAndGet(-10_000);
        restart();

        assertThat(log.find("idle")).as("the end is durable").isInstanceOf(Found.None.class);
    }

    @Test
    void keepsTheTimeOfAStreamApartFromThatOfItsPredecessor() throws Exception {
        created(ttl("a", 1_000_000));
        log.execute(new Command.Delete("a"));
        created(ttl("a", 10));
        now.addAndGet(9_000);
        reader("a").renew();
        now.addAndGet(9_000);
        log.keepHouse();
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1_000);
        log.keepHouse();
        assertThat(log.execute(append("a", "x"))).isEqualTo(new Outcome.NotFound());
    }

    @Test
    void grantsTheFullIdleTimeAfterARestart() throws Exception {
        created(ttl("a", 10));
        now.addAndGet(9_999);
        restart();
        now.addAndGet(9_999);
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1);
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
    }

    @Test
    void endsAStreamAtItsTimeAcrossRestarts() throws Exception {
        created(
                new Command.Create(
                        "a",
                        TEXT,
                        new Lifetime.Until(clock.instant().plusSeconds(10)),
                        false,
                        null,
                        Payload.EMPTY));
        now.addAndGet(9_999);
        restart();
        assertThat(log.find("a")).isInstanceOf(Found.Stream.class);
        now.addAndGet(1);
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
    }

    @Test
    void replacesAnExpiredStreamAtOnce() throws Exception {
        created(ttl("a", 10));
        now.addAndGet(10_000);
        StreamInfo second = created(create("a", TEXT, "second"));
        assertThat(read("a")).isEqualTo("second");
        restart();
        assertThat(reader("a").info()).isEqualTo(second);
    }

    @Test
    void leavesAnExpiredSourceToItsForks() throws Exception {
        created(ttl("src", 10));
        log.execute(append("src", "hello"));
        created(
                new Command.Create(
                        "f",
                        null,
                        new Lifetime.IdleFor(1000),
                        false,
                        new ForkPoint("src", null, 0),
                        Payload.EMPTY));
        now.addAndGet(10_000);
        assertThat(log.find("src")).isInstanceOf(Found.None.class);
        log.keepHouse();
        log.execute(append("src", "x"));

        assertThat(log.find("src")).isInstanceOf(Found.SoftDeleted.class);
        assertThat(read("f")).isEqualTo("hello");
    }

    @Test
    void letsAForkInheritALifetime() throws Exception {
        created(ttl("src", 10));
        assertThat(created(fork("f", "src", null, 0, "")).lifetime())
                .isEqualTo(new Lifetime.IdleFor(10));
    }

    // --- watchers, listing, the directory ---

    @Test
    void wakesWatchersOncePerBatch() throws Exception {
        created(create("a", TEXT, ""));
        created(create("b", TEXT, ""));
        var woken = new AtomicInteger();
        Watcher watcher = woken::incrementAndGet;
        reader("a").watch(watcher);
        log.execute(append("b", "x"));
        assertThat(woken).hasValue(0);
        log.execute(append("a", "x"));
        assertThat(woken).hasValue(1);
        StreamReader before = reader("a");
        log.execute(new Command.Delete("a"));
        assertThat(woken).hasValue(2);
        assertThat(before.state()).isEqualTo(StreamReader.State.GONE);
        before.unwatch(watcher);
    }

    @Test
    void listsByPrefixInPages() throws Exception {
        for (String path : List.of("b/2", "a", "b/1", "b", "b/3", "c")) {
            created(create(path, TEXT, ""));
        }
        log.execute(new Command.Delete("b/2"));
        assertThat(paths(log.list("", null, 10))).containsExactly("a", "b", "b/1", "b/3", "c");
        Listing first = log.list("b", null, 2);
        assertThat(paths(first)).containsExactly("b", "b/1");
        assertThat(first.next()).isEqualTo("b/1");
        Listing second = log.list("b", first.next(), 2);
        assertThat(paths(second)).containsExactly("b/3");
        assertThat(second.next()).isNull();
        assertThat(paths(log.list("zzz", null, 2))).isEmpty();
    }

    @Test
    void keepsASecondProcessOut() {
        assertThatThrownBy(() -> StreamLog.open(directory, settings))
                .isInstanceOf(DiskLockedException.class)
                .hasMessageContaining("lock");
    }

    @Test
    void refusesCommandsOnceClosed() throws Exception {
        log.close();
        assertThat(log.execute(create("a", TEXT, ""))).isInstanceOf(Outcome.Unavailable.class);
        open();
    }

    // --- the words of these tests ---

    private static Command.Create create(String path, @Nullable String contentType, String data) {
        return new Command.Create(path, contentType, Lifetime.FOREVER, false, null, text(data));
    }

    private static Command.Create ttl(String path, long seconds) {
        return new Command.Create(
                path, TEXT, new Lifetime.IdleFor(seconds), false, null, Payload.EMPTY);
    }

    private static Command.Create fork(
            String path, String source, @Nullable Offset offset, long subOffset, String data) {
        return new Command.Create(
                path,
                null,
                Lifetime.FOREVER,
                false,
                new ForkPoint(source, offset, subOffset),
                text(data));
    }

    private static Command.Append append(String path, String data) {
        return new Command.Append(path, TEXT, text(data), false, null, null);
    }

    private Outcome produce(long epoch, long sequence) throws InterruptedException {
        return log.execute(
                new Command.Append(
                        "a", TEXT, text("x"), false, new Producer("p", epoch, sequence), null));
    }

    private Outcome appendSeq(String streamSeq) throws InterruptedException {
        return log.execute(new Command.Append("a", TEXT, text("x"), false, null, streamSeq));
    }

    private StreamInfo created(Command.Create create) throws InterruptedException {
        Outcome outcome = log.execute(create);
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return ((Outcome.Created) outcome).stream();
    }

    private StreamReader reader(String path) {
        Found found = log.find(path);
        assertThat(found).as(path).isInstanceOf(Found.Stream.class);
        return ((Found.Stream) found).reader();
    }

    private Chunk readChunk(String path, Offset offset) throws Exception {
        StreamReader reader = reader(path);
        return reader.read(reader.resolve(offset), null);
    }

    private String read(String path) throws Exception {
        StringBuilder text = new StringBuilder();
        Chunk chunk = readChunk(path, Offset.BEGINNING);
        text.append(UTF_8.decode(chunk.bytes()));
        while (!chunk.upToDate()) {
            chunk = readChunk(path, chunk.next());
            text.append(UTF_8.decode(chunk.bytes()));
        }
        return text.toString();
    }

    private List<Long> ends(String path) throws Exception {
        List<Long> ends = new ArrayList<>();
        Chunk chunk = readChunk(path, Offset.BEGINNING);
        ends.add(chunk.next().wireByte());
        while (!chunk.upToDate()) {
            chunk = readChunk(path, chunk.next());
            ends.add(chunk.next().wireByte());
        }
        return ends;
    }

    private static List<String> paths(Listing listing) {
        return listing.streams().stream().map(StreamInfo::path).toList();
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static Payload json(String text) throws InvalidJsonException {
        return Payload.ofJson(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
