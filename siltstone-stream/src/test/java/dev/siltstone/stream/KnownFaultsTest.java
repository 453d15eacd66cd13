package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// How other servers of this protocol lose data or lie, one test each; what shows over HTTP only is in
/// `KnownFaultsOverHttpTest`. The list with its sources is docs/known-faults.md.
class KnownFaultsTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    private final ManualClock clock = new ManualClock();
    private SimulatedDisk disk = new SimulatedDisk();

    @Test
    void keepsWhatIsAppendedAfterATornTail() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            disk = new SimulatedDisk();
            StreamLog log = open(LeaderMode.CALLER);
            log.execute(create("a", TEXT));
            log.execute(append("a", "before,"));
            List<SimulatedDisk> torn = new ArrayList<>();
            Random random = new Random(seed);
            disk.observe((operation, path) -> {
                if (operation == Operation.WRITE && torn.isEmpty()) {
                    torn.add(disk.crash(random));
                }
            });
            log.execute(append("a", "y".repeat(1_500)));

            disk = torn.getFirst();
            StreamLog after = open(LeaderMode.CALLER);
            after.execute(append("a", "after"));
            for (int restart = 0; restart < 2; restart++) {
                assertThat(read(after, "a"))
                        .as("seed %d", seed)
                        .startsWith("before,")
                        .endsWith("after");
                after.close();
                after = open(LeaderMode.CALLER);
            }
        }
    }

    @Test
    void answersManyBusyStreamsWithoutMissingOne() throws Exception {
        StreamLog log = open(LeaderMode.DEDICATED);
        int streams = 256;
        for (int i = 0; i < streams; i++) {
            log.execute(create("s" + i, TEXT));
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 4 * streams; i++) {
                String path = "s" + i % streams;
                outcomes.add(clients.submit(() -> log.execute(append(path, "x"))));
            }
            for (Future<Outcome> outcome : outcomes) {
                assertThat(outcome.get()).isInstanceOf(Outcome.Appended.class);
            }
        }
        for (int i = 0; i < streams; i++) {
            assertThat(read(log, "s" + i)).isEqualTo("xxxx");
        }
        log.close();
    }

    @Test
    void readsBackAStreamOfManyMessages() throws Exception {
        StreamLog log = open(LeaderMode.CALLER, 1 << 20);
        log.execute(create("a", JSON));
        int messages = 200_000;
        String batch = "[" + "1,".repeat(999) + "1]";
        for (int i = 0; i < messages / 1_000; i++) {
            log.execute(
                    new Command.Append(
                            "a",
                            JSON,
                            Payload.ofJson(ByteBuffer.wrap(batch.getBytes(UTF_8))),
                            false,
                            null,
                            null));
        }
        assertThat(read(log, "a")).isEqualTo("1,".repeat(messages));
        StreamReader reader = reader(log, "a");
        Offset last = new Offset(reader.info().streamId(), 2L * (messages - 1));
        assertThat(reader.read(last, null).length()).isEqualTo(2);
    }

    @Test
    void keepsAnAcknowledgedCloseThatRacesAppends() throws Exception {
        StreamLog log = open(LeaderMode.DEDICATED);
        for (int round = 0; round < 40; round++) {
            String path = "r" + round;
            log.execute(create(path, TEXT));
            CyclicBarrier together = new CyclicBarrier(2);
            try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
                Future<Outcome> close =
                        clients.submit(() -> {
                            together.await();
                            return log.execute(
                                    new Command.Append(
                                            path, null, Payload.EMPTY, true, null, null));
                        });
                Future<Outcome> append =
                        clients.submit(() -> {
                            together.await();
                            return log.execute(append(path, "x"));
                        });
                assertThat(close.get()).isInstanceOf(Outcome.Appended.class);
                boolean first = append.get() instanceof Outcome.Appended;
                assertThat(reader(log, path).info().closed()).isTrue();
                assertThat(read(log, path)).isEqualTo(first ? "x" : "");
            }
            assertThat(log.execute(append(path, "y"))).isInstanceOf(Outcome.StreamClosed.class);
        }
        log.close();
        StreamLog again = open(LeaderMode.CALLER);
        for (int round = 0; round < 40; round++) {
            assertThat(reader(again, "r" + round).info().closed()).isTrue();
        }
    }

    /// Data and producer are one entry: there is no moment between them.
    @Test
    void recognisesARepeatWhateverMomentTheCrashCameAt() throws Exception {
        StreamLog log = open(LeaderMode.CALLER);
        log.execute(create("a", TEXT));
        List<SimulatedDisk> crashes = new ArrayList<>();
        disk.observe((operation, path) -> {
            crashes.add(disk.kill());
            crashes.add(disk.crash(new Random(crashes.size())));
        });
        for (int i = 0; i < 5; i++) {
            log.execute(produce(i));
        }
        for (SimulatedDisk crash : crashes) {
            disk = crash;
            StreamLog found = open(LeaderMode.CALLER);
            int stored = read(found, "a").length();
            for (int i = 0; i < stored; i++) {
                assertThat(found.execute(produce(i))).isInstanceOf(Outcome.Duplicate.class);
            }
            assertThat(found.execute(produce(stored))).isInstanceOf(Outcome.Appended.class);
            assertThat(read(found, "a")).hasSize(stored + 1);
        }
    }

    @Test
    void startsAgainWithForksAndAfterACrash() throws Exception {
        StreamLog log = open(LeaderMode.CALLER);
        log.execute(create("a", TEXT));
        log.execute(append("a", "hello"));
        log.execute(
                new Command.Create(
                        "f",
                        null,
                        Lifetime.FOREVER,
                        false,
                        new ForkPoint("a", null, 0),
                        Payload.EMPTY));
        log.execute(append("f", "!"));
        disk = disk.kill();
        for (int i = 0; i < 3; i++) {
            StreamLog found = open(LeaderMode.CALLER);
            assertThat(read(found, "f")).isEqualTo("hello!");
            found.close();
        }
    }

    @Test
    void keepsStreamsWithATtlAcrossARestart() throws Exception {
        StreamLog log = open(LeaderMode.CALLER);
        log.execute(
                new Command.Create(
                        "a", TEXT, new Lifetime.IdleFor(60), false, null, text("hello")));
        clock.advance(Duration.ofSeconds(59));
        log.close();
        StreamLog again = open(LeaderMode.CALLER);
        assertThat(read(again, "a")).isEqualTo("hello");
    }

    @Test
    void keepsADeletionThatWasAcknowledged() throws Exception {
        StreamLog log = open(LeaderMode.CALLER);
        log.execute(create("a", TEXT));
        log.execute(append("a", "hello"));
        assertThat(log.execute(new Command.Delete("a"))).isEqualTo(new Outcome.Deleted());
        for (int seed = 0; seed < 20; seed++) {
            SimulatedDisk crashed = disk.crash(new Random(seed));
            StreamLog found = open(crashed, LeaderMode.CALLER, 64 << 10);
            assertThat(found.find("a")).isInstanceOf(Found.None.class);
        }
    }

    @Test
    void forcesOnceForManyStreams() throws Exception {
        StreamLog log = open(LeaderMode.CALLER);
        for (int i = 0; i < 100; i++) {
            log.execute(create("s" + i, TEXT));
        }
        int before = disk.count(Operation.FORCE);
        for (int i = 0; i < 100; i++) {
            assertThat(log.submit(append("s" + i, "x"), outcome -> {})).isTrue();
        }
        log.lead();
        assertThat(disk.count(Operation.FORCE) - before).isEqualTo(1);
    }

    @Test
    void needsNoFilePerStream() throws Exception {
        StreamLog log = open(LeaderMode.CALLER, 4 << 20);
        int files = disk.files().size();
        for (int i = 0; i < 5_000; i++) {
            assertThat(log.submit(create("s" + i, TEXT), outcome -> {})).isTrue();
        }
        log.lead();
        assertThat(disk.files()).hasSize(files);
        assertThat(log.list("", null, 1000).streams()).hasSize(1000);
    }

    /// A watcher registers, then looks at the tail: whatever is appended in between wakes it.
    @Test
    void losesNoWakeUp() throws Exception {
        StreamLog log = open(LeaderMode.DEDICATED, 4 << 20);
        log.execute(create("a", TEXT));
        StreamReader reader = reader(log, "a");
        int rounds = Boolean.getBoolean("siltstone.long") ? 100_000 : 2_000;
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread tail =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                follow(reader, rounds);
                            } catch (Throwable e) {
                                failed.set(e);
                            }
                        });
        for (int i = 0; i < rounds; i++) {
            assertThat(log.execute(append("a", "x"))).isInstanceOf(Outcome.Appended.class);
        }
        tail.join();
        assertThat(failed.get()).isNull();
        log.close();
    }

    private static void follow(StreamReader reader, long until) throws Exception {
        long seen = 0;
        while (seen < until) {
            Semaphore changed = new Semaphore(0);
            Watcher watcher = changed::release;
            reader.watch(watcher);
            if (reader.info().tail().wireByte() == seen) {
                changed.acquire();
            }
            reader.unwatch(watcher);
            seen = reader.info().tail().wireByte();
        }
    }

    @Test
    void refusesMoreThanItsQueueHolds() throws Exception {
        StreamLog log =
                StreamLog.open(
                        disk,
                        DIRECTORY,
                        settings(LeaderMode.DEDICATED, 64 << 10).withQueueCapacity(8),
                        clock,
                        clock,
                        new Random(1));
        log.execute(create("a", TEXT));
        SimulatedDisk.Stall stall = disk.stall(Operation.FORCE, 1);
        CountDownLatch answered = new CountDownLatch(1);
        assertThat(log.submit(append("a", "x"), outcome -> answered.countDown())).isTrue();
        log.lead();
        stall.awaitReached();
        var outcomes = ConcurrentHashMap.<Outcome>newKeySet();
        int accepted = 0;
        while (log.submit(append("a", "y"), outcomes::add)) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(8);
        stall.release();
        answered.await();
        log.close();
        assertThat(outcomes).hasSize(8);
    }

    private StreamLog open(LeaderMode leader) throws Exception {
        return open(leader, 64 << 10);
    }

    private StreamLog open(LeaderMode leader, int fileBytes) throws Exception {
        return open(disk, leader, fileBytes);
    }

    private StreamLog open(SimulatedDisk on, LeaderMode leader, int fileBytes) throws Exception {
        return StreamLog.open(
                on, DIRECTORY, settings(leader, fileBytes), clock, clock, new Random(1));
    }

    private static StreamLogSettings settings(LeaderMode leader, int fileBytes) {
        return StreamLogSettings.defaults()
                .withLeader(leader)
                .withJournal(
                        JournalSettings.ofFileBytes(fileBytes)
                                .withFreeBytesReserve(0)
                                .withoutBackground());
    }

    private static Command.Create create(String path, String type) {
        return new Command.Create(path, type, Lifetime.FOREVER, false, null, Payload.EMPTY);
    }

    private static Command.Append append(String path, String data) {
        return new Command.Append(path, TEXT, text(data), false, null, null);
    }

    private static Command.Append produce(long sequence) {
        return new Command.Append(
                "a", TEXT, text("x"), false, new Producer("p", 0, sequence), null);
    }

    private static StreamReader reader(StreamLog log, String path) throws java.io.IOException {
        return ((Found.Stream) log.find(path)).reader();
    }

    private static String read(StreamLog log, String path) throws Exception {
        StreamReader reader = reader(log, path);
        StringBuilder text = new StringBuilder();
        Chunk chunk = reader.read(reader.resolve(Offset.BEGINNING), null);
        text.append(UTF_8.decode(chunk.bytes()));
        while (!chunk.upToDate()) {
            chunk = reader.read(chunk.next(), null);
            text.append(UTF_8.decode(chunk.bytes()));
        }
        return text.toString();
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
