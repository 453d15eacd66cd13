package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.JournalReplay;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A disk that stalls, fails, fills up or loses its files under the log.
class StreamLogFaultTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final String TEXT = "text/plain";

    private final ManualClock clock = new ManualClock();
    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<String> notices = new ArrayList<>();

    /// Each answer here rests on the entry just before it, which lies in the same batch or in one that is
    /// being forced.
    @Test
    void givesNoAnswerBeforeTheEntryThatItRestsOnIsForced() throws Exception {
        for (boolean sameBatch : List.of(true, false)) {
            SimulatedDisk stalling = new SimulatedDisk();
            StreamLog log = open(stalling, LeaderMode.DEDICATED);
            log.execute(create("closing"));
            log.execute(create("deleted"));
            log.execute(create("produced"));
            Producer producer = new Producer("p", 0, 0);
            Map<String, Command> first = new LinkedHashMap<>();
            first.put(
                    "close", new Command.Append("closing", null, Payload.EMPTY, true, null, null));
            first.put("delete", new Command.Delete("deleted"));
            first.put("create", create("created"));
            first.put(
                    "produce",
                    new Command.Append("produced", TEXT, text("x"), false, producer, null));
            Map<String, Command> second = new LinkedHashMap<>();
            second.put("409 after a close", append("closing"));
            second.put("404 after a delete", append("deleted"));
            second.put("404 after a delete, deleting", new Command.Delete("deleted"));
            second.put("200 for an existing stream", create("created"));
            second.put(
                    "204 for a duplicate",
                    new Command.Append("produced", TEXT, text("x"), false, producer, null));

            SimulatedDisk.Stall stall = stalling.stall(Operation.FORCE, 1);
            Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
            CountDownLatch all = new CountDownLatch(first.size() + second.size());
            submit(log, first, outcomes, all);
            if (!sameBatch) {
                log.lead();
                stall.awaitReached();
            }
            submit(log, second, outcomes, all);
            log.lead();
            stall.awaitReached();

            assertThat(outcomes).as("nothing is forced yet").isEmpty();
            assertThat(log.find("deleted")).isInstanceOf(Found.Stream.class);
            assertThat(log.find("created")).isInstanceOf(Found.None.class);
            assertThat(info(log, "closing").closed()).isFalse();
            assertThat(info(log, "produced").tail().wireByte()).isZero();

            stall.release();
            all.await();
            assertThat(outcomes.get("409 after a close")).isInstanceOf(Outcome.StreamClosed.class);
            assertThat(outcomes.get("404 after a delete")).isEqualTo(new Outcome.NotFound());
            assertThat(outcomes.get("200 for an existing stream"))
                    .isInstanceOf(Outcome.Existing.class);
            assertThat(outcomes.get("204 for a duplicate")).isInstanceOf(Outcome.Duplicate.class);
            assertThat(info(log, "produced").tail().wireByte()).isEqualTo(1);
            log.close();
        }
    }

    @Test
    void answersNothingButUnavailableAfterAFailedForce() throws Exception {
        StreamLog log = open(disk, LeaderMode.CALLER);
        log.execute(create("a"));
        log.execute(append("a"));
        disk.fail(Operation.FORCE, 1, "I/O error");

        assertThat(log.execute(append("a")))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.reason()).contains("I/O error"));
        assertThat(log.failure()).isNotNull();
        for (Command command :
                List.of(append("a"), create("a"), create("b"), new Command.Delete("none"))) {
            assertThat(log.execute(command)).isInstanceOf(Outcome.Unavailable.class);
        }
        assertThat(read(log, "a")).as("reads go on").isEqualTo("x");
        log.keepHouse();
        log.close();

        StreamLog again = open(disk.crash(new Random(3)), LeaderMode.CALLER);
        assertThat(read(again, "a")).startsWith("x");
        assertThat(again.execute(append("a"))).isInstanceOf(Outcome.Appended.class);
    }

    @Test
    void refusesAppendsWhileTheDiskIsFullAndGoesOnAfterwards() throws Exception {
        disk.limitCapacity(20 << 10);
        StreamLog log = open(disk, LeaderMode.CALLER);
        log.execute(create("a"));
        int acknowledged = 0;
        Outcome outcome = log.execute(append("a"));
        while (outcome instanceof Outcome.Appended) {
            acknowledged++;
            outcome = log.execute(append("a"));
        }
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.NoSpace.class,
                        full -> assertThat(full.reason()).contains("no room"));
        assertThat(log.noSpace()).isTrue();
        assertThat(log.failure()).isNull();
        assertThat(read(log, "a")).hasSize(acknowledged);
        log.keepHouse();
        assertThat(notices).anyMatch(notice -> notice.contains("no room"));

        StreamLog restarted = open(disk.kill(), LeaderMode.CALLER);
        assertThat(read(restarted, "a")).hasSize(acknowledged);
        assertThat(restarted.execute(append("a"))).isInstanceOf(Outcome.NoSpace.class);

        disk.limitCapacity(Long.MAX_VALUE);
        log.keepHouse();
        assertThat(log.execute(append("a"))).isInstanceOf(Outcome.Appended.class);
        assertThat(log.noSpace()).isFalse();
        assertThat(read(log, "a")).hasSize(acknowledged + 1);
    }

    @Test
    void endsStreamsOnceThereIsRoomAgain() throws Exception {
        StreamLog log = open(disk, LeaderMode.CALLER);
        log.execute(create("a"));
        log.execute(
                new Command.Create(
                        "idle", TEXT, new Lifetime.IdleFor(60), false, null, Payload.EMPTY));
        disk.limitCapacity(20 << 10);
        while (log.execute(append("a")) instanceof Outcome.Appended) {
            // until the disk is full
        }
        clock.advance(Duration.ofSeconds(61));
        log.keepHouse();

        disk.limitCapacity(Long.MAX_VALUE);
        log.keepHouse();
        log.keepHouse();
        log.close();
        var state = new LogState(0, 0);
        var replay =
                new JournalReplay() {
                    @Override
                    public void file(long start) {}

                    @Override
                    public void entry(long position, ByteBuffer payload) throws IOException {
                        state.apply(position, EntryFormat.decode(payload));
                    }
                };
        Journal.open(disk, DIRECTORY.resolve("journal"), journal(), new Random(1), replay).close();
        assertThat(state.find("a")).isNotNull();
        assertThat(state.find("idle")).isNull();
    }

    @Test
    void losesNothingWhenAFileIsRemovedUnderIt() throws Exception {
        StreamLog log = open(disk, LeaderMode.CALLER);
        log.execute(create("a"));
        for (int i = 0; i < 200; i++) {
            assertThat(log.execute(append("a"))).isInstanceOf(Outcome.Appended.class);
        }
        for (Path file : disk.files()) {
            if (file.toString().endsWith(".journal")) {
                disk.remove(file);
            }
        }
        assertThat(log.execute(append("a")))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.reason()).contains("removed"));
        assertThat(read(log, "a")).hasSize(200);
        log.keepHouse();
        log.close();

        StreamLog again = open(disk.crash(new Random(7)), LeaderMode.CALLER);
        assertThat(read(again, "a").length()).isBetween(200, 201);
    }

    private static void submit(
            StreamLog log,
            Map<String, Command> commands,
            Map<String, Outcome> outcomes,
            CountDownLatch all) {
        commands.forEach((name, command) ->
                assertThat(
                                log.submit(
                                        command,
                                        outcome -> {
                                            outcomes.put(name, outcome);
                                            all.countDown();
                                        }))
                        .isTrue());
    }

    private StreamLog open(SimulatedDisk on, LeaderMode leader) throws Exception {
        return StreamLog.open(
                on,
                DIRECTORY,
                StreamLogSettings.defaults()
                        .withLeader(leader)
                        .withNotices(notices::add)
                        .withJournal(journal()),
                clock,
                clock,
                new Random(1));
    }

    private static JournalSettings journal() {
        return JournalSettings.ofFileBytes(8 << 10).withFreeBytesReserve(0).withoutBackground();
    }

    private static StreamInfo info(StreamLog log, String path) throws IOException {
        return ((Found.Stream) log.find(path)).reader().info();
    }

    private static String read(StreamLog log, String path) throws Exception {
        StreamReader reader = ((Found.Stream) log.find(path)).reader();
        return UTF_8.decode(reader.read(reader.resolve(Offset.BEGINNING), null).bytes()).toString();
    }

    private static Command.Create create(String path) {
        return new Command.Create(path, TEXT, Lifetime.FOREVER, false, null, Payload.EMPTY);
    }

    private static Command.Append append(String path) {
        return new Command.Append(path, TEXT, text("x"), false, null, null);
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
