package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What leaves memory, what comes back, and what is refused instead.
class ResidencyTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final String TEXT = "text/plain";

    @TempDir Path catalog;

    private final ManualClock clock = new ManualClock();
    private SimulatedDisk disk = new SimulatedDisk();
    private ResidencySettings residency = ResidencySettings.defaults().withIdleMax(0);
    private SettlingSettings settling =
            SettlingSettings.defaults().withInterval(Duration.ofDays(1));
    private int queueCapacity = 1000;
    private StreamLog.Threads threads = StreamLog.Threads.callers();
    private StreamLog log;

    @BeforeEach
    void open() throws IOException {
        log =
                new Opening(
                                disk,
                                DIRECTORY,
                                catalog,
                                StreamLogSettings.defaults()
                                        .withLeader(LeaderMode.CALLER)
                                        .withResidency(residency)
                                        .withSettling(settling)
                                        .withQueueCapacity(queueCapacity)
                                        .withJournal(
                                                JournalSettings.ofFileBytes(64 << 10)
                                                        .withFreeBytesReserve(0)
                                                        .withoutBackground())
                                        .withNotices(notice -> {}),
                                CatalogSettings.defaults().unforced(),
                                clock,
                                clock,
                                new Random(1),
                                threads,
                                new Pace(clock, _ -> {}),
                                () -> {})
                        .open();
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void bringsBackAStreamThatIsAppendedToOrRead() throws Exception {
        create("a", Lifetime.FOREVER);
        append("a", "one");
        evictAll();
        assertThat(log.streamsInMemory()).isZero();
        assertThat(log.findInMemory("a")).isNull();
        assertThat(content("a")).isEqualTo("one");

        evictAll();
        append("a", " two");
        evictAll();
        assertThat(content("a")).isEqualTo("one two");
        assertThat(log.execute(new Command.Delete("none"))).isInstanceOf(Outcome.NotFound.class);
    }

    @Test
    void keepsARemovedStreamAsATombstoneUntilThatIsSettled() throws Exception {
        create("a", Lifetime.FOREVER);
        evictAll();
        log.execute(new Command.Delete("a"));
        assertThat(log.streamsInMemory()).isEqualTo(1);
        assertThat(log.findInMemory("a")).isInstanceOf(Found.None.class);

        evictAll();
        assertThat(log.streamsInMemory()).isZero();
        assertThat(log.find("a")).isInstanceOf(Found.None.class);
    }

    @Test
    void loadsAForkWithAllThatItWasForkedFrom() throws Exception {
        create("f0", Lifetime.FOREVER);
        append("f0", "x");
        for (int i = 1; i <= 500; i++) {
            log.execute(
                    new Command.Create(
                            "f" + i,
                            null,
                            Lifetime.FOREVER,
                            false,
                            new ForkPoint("f" + (i - 1), null, 0),
                            text("x")));
        }
        evictAll();
        assertThat(log.streamsInMemory()).isZero();
        assertThat(content("f500")).hasSize(501);
        assertThat(log.streamsInMemory()).isEqualTo(501);

        evictAll();
        for (int i = 0; i < 500; i++) {
            log.execute(new Command.Delete("f" + i));
        }
        evictAll();
        assertThat(content("f500")).hasSize(501);
        log.execute(new Command.Delete("f500"));
        evictAll();
        assertThat(log.streamsInMemory()).isZero();
        assertThat(log.find("f0")).isInstanceOf(Found.None.class);
    }

    @Test
    void replaysOnlyWhatIsNotSettledAndLoadsWhatItNames() throws Exception {
        create("a", Lifetime.FOREVER);
        create("b", Lifetime.FOREVER);
        append("a", "one");
        evictAll();
        append("a", " two");
        log.close();

        open();
        assertThat(log.streamsInMemory()).isEqualTo(1);
        assertThat(content("a")).isEqualTo("one two");
        assertThat(log.find("b")).isInstanceOf(Found.Stream.class);
    }

    @Test
    void endsEvictedStreamsByTheIndexOfDeadlines() throws Exception {
        for (int i = 0; i < 2_500; i++) {
            create("t" + i, new Lifetime.IdleFor(100));
        }
        create("kept", Lifetime.FOREVER);
        evictAll();
        clock.advance(Duration.ofSeconds(99));
        log.keepHouse();
        assertThat(log.changedStreams()).isZero();

        clock.advance(Duration.ofSeconds(1));
        assertThat(log.list("", null, 1000).streams()).hasSize(1);
        for (int i = 0; i < 3; i++) {
            log.keepHouse();
        }
        assertThat(log.changedStreams()).isEqualTo(2_500);
        log.settleAll();
        assertThat(log.catalog().read(CatalogReader::streamCount)).isEqualTo(1);
    }

    @Test
    void grantsAnEvictedStreamItsWholeTimeAnewAfterARestart() throws Exception {
        create("t", new Lifetime.IdleFor(100));
        evictAll();
        log.close();
        clock.advance(Duration.ofSeconds(1_000));

        open();
        clock.advance(Duration.ofSeconds(99));
        log.keepHouse();
        assertThat(log.list("", null, 1000).streams()).hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        log.keepHouse();
        assertThat(log.find("t")).isInstanceOf(Found.None.class);
        assertThat(log.changedStreams()).isEqualTo(1);
    }

    @Test
    void doesNotForgetAUseThatNoEntryTellsOf() throws Exception {
        create("t", new Lifetime.IdleFor(100));
        log.settleAll();
        clock.advance(Duration.ofSeconds(50));
        reader("t").renew(); // too early for a touch
        evictAll();
        StreamReader outside = reader("t");
        evictAll();
        clock.advance(Duration.ofSeconds(50));
        log.keepHouse();
        outside.renew();
        evictAll();
        clock.advance(Duration.ofSeconds(99));
        log.keepHouse();
        assertThat(log.find("t")).isInstanceOf(Found.Stream.class);
    }

    @Test
    void tellsAWatcherOfAStreamThatHasLeft() throws Exception {
        create("a", Lifetime.FOREVER);
        List<String> told = new ArrayList<>();
        StreamReader reader = reader("a");
        evictAll();
        assertThat(log.findInMemory("a")).isNull();
        reader.watch(() -> told.add("changed"));
        append("a", "x");
        assertThat(told).hasSize(1);
        assertThat(reader.info().tail().wireByte()).isEqualTo(1);
        assertThat(log.find("a")).isEqualTo(new Found.Stream(reader));
    }

    @Test
    void settlesOnceSoManyEntriesOrNewStreamsWait() throws Exception {
        log.close();
        settling = settling.withEntriesWanted(3).withCreatedWanted(2);
        open();
        while (log.settler().settleDue()) {
            assertThat(log.failure()).isNull();
        }
        create("a", Lifetime.FOREVER);
        assertThat(log.settler().settleDue()).isFalse();
        create("b", Lifetime.FOREVER);
        assertThat(log.settler().settleDue()).isTrue();
        append("a", "one");
        append("a", "two");
        assertThat(log.settler().settleDue()).isFalse();
        append("b", "three");
        assertThat(log.settler().settleDue()).isTrue();
        assertThat(log.settler().settleDue()).isFalse();
    }

    @Test
    void changesNoOtherStreamsWhileTooManyWaitToBeSettled() throws Exception {
        log.close();
        residency = residency.withChanged(2, 3);
        open();
        create("a", Lifetime.FOREVER);
        create("b", Lifetime.FOREVER);
        create("c", Lifetime.FOREVER);
        assertThat(log.execute(creation("d", Lifetime.FOREVER)))
                .isInstanceOf(Outcome.TryAgain.class);
        append("a", "x");

        log.settleAll();
        create("d", Lifetime.FOREVER);
    }

    @Test
    void letsRequestsWaitForTheSettlerIfThatIsItsOwnBusiness() throws Exception {
        log.close();
        residency = residency.withChanged(2, 3);
        open();
        log.holdRequests(2);
        create("a", Lifetime.FOREVER);
        create("b", Lifetime.FOREVER);
        create("c", Lifetime.FOREVER);
        List<Outcome> outcomes = new ArrayList<>();
        for (String path : List.of("d", "e", "f")) {
            assertThat(log.submit(creation(path, Lifetime.FOREVER), outcomes::add)).isTrue();
        }
        log.lead();
        assertThat(outcomes).hasExactlyElementsOfTypes(Outcome.TryAgain.class); // one too many

        log.settleAll();
        assertThat(outcomes).hasSize(3).element(1).isInstanceOf(Outcome.Created.class);
        assertThat(outcomes.getLast()).isInstanceOf(Outcome.Created.class);
    }

    @Test
    void letsNoRequestWaitForEver() throws Exception {
        log.close();
        residency = residency.withChanged(1, 1);
        open();
        log.holdRequests(2);
        create("a", Lifetime.FOREVER);
        List<Outcome> outcomes = new ArrayList<>();
        log.submit(creation("b", Lifetime.FOREVER), outcomes::add);
        log.lead();
        clock.advance(Duration.ofSeconds(9));
        log.keepHouse();
        assertThat(outcomes).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        log.keepHouse();
        assertThat(outcomes).hasExactlyElementsOfTypes(Outcome.TryAgain.class);

        log.submit(creation("c", Lifetime.FOREVER), outcomes::add);
        log.lead();
        log.close();
        assertThat(outcomes.getLast()).isInstanceOf(Outcome.Unavailable.class);
        open();
    }

    @Test
    void letsNoRequestWaitForAClockThatWasSetBack() throws Exception {
        log.close();
        residency = residency.withChanged(1, 1);
        open();
        log.holdRequests(2);
        create("a", Lifetime.FOREVER);
        List<Outcome> outcomes = new ArrayList<>();
        log.submit(creation("b", Lifetime.FOREVER), outcomes::add);
        log.lead();
        clock.advance(Duration.ofHours(-1));
        log.keepHouse();
        assertThat(outcomes).hasExactlyElementsOfTypes(Outcome.TryAgain.class);
    }

    @Test
    void refusesRequestsWhenTooManyWaitForALookUp() throws Exception {
        create("a", Lifetime.FOREVER);
        evictAll();
        log.close();
        List<Runnable> waiting = new ArrayList<>();
        threads = new StreamLog.Threads(waiting::add, Runnable::run);
        queueCapacity = 2;
        open();
        List<Outcome> outcomes = new ArrayList<>();
        assertThat(log.submit(new Command.Delete("x"), outcomes::add)).isTrue();
        assertThat(log.submit(new Command.Delete("a"), outcomes::add)).isTrue();
        assertThat(log.submit(new Command.Delete("y"), outcomes::add)).isFalse();
        waiting.forEach(Runnable::run);
        assertThat(outcomes).containsExactly(new Outcome.NotFound(), new Outcome.Deleted());
    }

    @Test
    void staysShutWhenTheJournalLacksWhatTheCatalogHas() throws Exception {
        SimulatedDisk before = disk.kill();
        create("a", Lifetime.FOREVER);
        append("a", "x");
        log.settleAll();
        SimulatedDisk after = disk.kill();
        log.close();

        disk = before;
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the journal ends at position")
                .hasMessageContaining("but the catalog has the log up to position");
        disk = after;
        open();
        assertThat(content("a")).isEqualTo("x");
    }

    @Test
    void leavesAtMostTheIdleThatMayStay() throws Exception {
        log.close();
        residency = residency.withIdleMax(100);
        open();
        for (int i = 0; i < 1_000; i++) {
            create("s" + i, Lifetime.FOREVER);
        }
        evictAll();
        assertThat(log.streamsInMemory()).isEqualTo(100);
        for (int i = 0; i < 1_000; i++) {
            assertThat(log.find("s" + i)).isInstanceOf(Found.Stream.class);
        }
        evictAll();
        assertThat(log.streamsInMemory()).isEqualTo(100);
        assertThat(log.list("", null, 1000).streams()).hasSize(1000);
    }

    /// Settles all, and has everything leave that may: what was used since the last look stays once.
    private void evictAll() throws IOException {
        for (int i = 0; i < 4; i++) {
            log.settleAll();
            log.keepHouse();
        }
    }

    private void create(String path, Lifetime lifetime) throws Exception {
        assertThat(log.execute(creation(path, lifetime))).isInstanceOf(Outcome.Created.class);
    }

    private static Command.Create creation(String path, Lifetime lifetime) {
        return new Command.Create(path, TEXT, lifetime, false, null, Payload.EMPTY);
    }

    private void append(String path, String data) throws Exception {
        assertThat(log.execute(new Command.Append(path, TEXT, text(data), false, null, null)))
                .isInstanceOf(Outcome.Appended.class);
    }

    private StreamReader reader(String path) throws IOException {
        return ((Found.Stream) log.find(path)).reader();
    }

    private String content(String path) throws Exception {
        StreamReader reader = reader(path);
        return UTF_8.decode(reader.read(reader.resolve(Offset.BEGINNING), null).bytes()).toString();
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
