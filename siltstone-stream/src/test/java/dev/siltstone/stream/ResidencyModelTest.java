package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A log from whose memory streams leave as early as they may, beside one that keeps them all: the same
/// commands must have the same outcomes, and the same reads must find the same, whatever leaves or comes
/// between a look-up and its use. Who watches is always told.
///
/// A failure names its seed: `-Dsiltstone.residency.seed=S` runs that seed alone.
class ResidencyModelTest {
    private static final String TEXT = "text/plain";
    private static final int GROUPS = 3;
    private static final int PATHS = 4;
    private static final int STEPS = 150;
    private static final int DISTURBED_MAX = 2;
    private static final int TTL_SECONDS = 1_000;

    @TempDir Path temporary;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.residency.seed");
        return only != null
                ? LongStream.of(only)
                : LongStream.range(0, Boolean.getBoolean("siltstone.long") ? 1_000 : 10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void behavesAsIfNothingEverLeft(long seed) throws Exception {
        new Run(seed).run();
    }

    /// What a client does, in words that mean the same to both logs.
    private record Wish(
            int kind,
            String path,
            String source,
            long forkAt,
            String data,
            long sequence,
            Lifetime lifetime) {}

    private static final class Side {
        StreamLog log;
        final Map<String, Long> lineages = new HashMap<>();
        final Map<String, Long> ids = new HashMap<>();

        Side(StreamLog log) {
            this.log = log;
        }

        Command command(Wish wish) {
            Payload data = Payload.ofBytes(ByteBuffer.wrap(wish.data.getBytes(UTF_8)));
            return switch (wish.kind) {
                case 0, 1 -> new Command.Create(wish.path, TEXT, wish.lifetime, false, null, data);
                case 2, 3 -> {
                    Long lineage = lineages.get(wish.source);
                    Offset offset =
                            lineage == null || wish.forkAt < 0
                                    ? null
                                    : new Offset(lineage, wish.forkAt);
                    yield new Command.Create(
                            wish.path,
                            null,
                            Lifetime.FOREVER,
                            false,
                            new ForkPoint(wish.source, offset, 0),
                            data);
                }
                case 4, 5 -> new Command.Delete(wish.path);
                case 6 -> new Command.Append(wish.path, null, Payload.EMPTY, true, null, null);
                case 7, 8, 9 ->
                        new Command.Append(
                                wish.path,
                                TEXT,
                                data,
                                false,
                                new Producer("p", 0, wish.sequence),
                                null);
                default -> new Command.Append(wish.path, TEXT, data, false, null, null);
            };
        }

        /// Returns what may be compared: no ids, for the entries of the two logs do not lie alike.
        String learn(Wish wish, Outcome outcome) {
            if (outcome instanceof Outcome.Created(StreamInfo stream)) {
                lineages.put(wish.path, stream.tail().lineage());
                ids.put(wish.path, stream.streamId());
            }
            return wish + " -> " + plain(outcome.toString());
        }

        boolean isNow(Watching one) {
            return ids.getOrDefault(one.path, -1L) == one.streamId;
        }

        static String plain(String text) {
            return text.replaceAll("streamId=\\d+", "")
                    .replaceAll("lineage=\\d+", "")
                    .replaceAll("\\d{16}_", "");
        }
    }

    /// Somebody who watches one incarnation of a stream.
    private static final class Watching {
        final String path;
        final long streamId;

        /// Whether a command was submitted since this was last told of a change.
        boolean expects;

        Watching(String path, long streamId) {
            this.path = path;
            this.streamId = streamId;
        }
    }

    private final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final ManualClock clock = new ManualClock();
        private final Map<String, SimulatedDisk> disks = new HashMap<>();
        private final List<Runnable> lookUps = new ArrayList<>();
        private final List<Object> held = new ArrayList<>();
        private final List<Watching> watching = new ArrayList<>();

        /// Whether readers stay, so that streams that left are found again as they were.
        private final boolean holds;

        private final Side evicting;
        private final Side keeping;
        private final int idleMax;
        private int depth;

        Run(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.holds = seed % 2 == 0;
            this.idleMax = random.nextInt(3);
            this.keeping = new Side(openKeeping());
            this.evicting = new Side(openEvicting());
        }

        private StreamLog openKeeping() throws IOException {
            return open("keeping", 100, Runnable::run, () -> {});
        }

        private StreamLog openEvicting() throws IOException {
            return open("evicting", idleMax, lookUps::add, this::disturb);
        }

        private StreamLog open(String name, int idle, Executor threads, Runnable afterRead)
                throws IOException {
            return new Opening(
                            disks.computeIfAbsent(name, _ -> new SimulatedDisk()),
                            Path.of("/" + name),
                            Files.createDirectories(temporary.resolve(name + seed)),
                            StreamLogSettings.defaults()
                                    .withLeader(LeaderMode.CALLER)
                                    .withResidency(ResidencySettings.defaults().withIdleMax(idle))
                                    .withJournal(
                                            JournalSettings.ofFileBytes(64 << 10)
                                                    .withFreeBytesReserve(0)
                                                    .withoutBackground())
                                    .withNotices(notice -> {}),
                            CatalogSettings.defaults().unforced(),
                            clock,
                            clock,
                            new Random(seed),
                            new StreamLog.Threads(threads, threads),
                            new Pace(clock, _ -> {}),
                            afterRead)
                    .open();
        }

        void run() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                String at = "seed " + seed + ", step " + step;
                commands(at);
                disturb();
                compareReads(at);
                if (random.nextInt(10) == 0) {
                    advance();
                }
                if (random.nextInt(80) == 0) {
                    restart();
                }
            }
            evicting.log.close();
            keeping.log.close();
        }

        /// One command for each of some groups of paths that have nothing to do with each other, all under
        /// way at once.
        private void commands(String at) {
            List<Wish> wishes = new ArrayList<>();
            List<AtomicReference<Outcome>> outcomes = new ArrayList<>();
            for (int group = 0; group < GROUPS; group++) {
                if (random.nextInt(3) > 0) {
                    Wish wish = wish(group);
                    var outcome = new AtomicReference<Outcome>();
                    watching.stream()
                            .filter(one -> one.path.equals(wish.path))
                            .forEach(one -> one.expects = true);
                    wishes.add(wish);
                    outcomes.add(outcome);
                    assertThat(evicting.log.submit(evicting.command(wish), outcome::set))
                            .as(at)
                            .isTrue();
                    disturb();
                }
            }
            evicting.log.lead();
            for (int turns = 0; outcomes.stream().anyMatch(one -> one.get() == null); turns++) {
                assertThat(turns).as(at + ": some command is lost").isLessThan(1_000);
                disturb();
                lookUp();
                evicting.log.lead();
            }
            for (int i = 0; i < wishes.size(); i++) {
                compare(at, wishes.get(i), outcomes.get(i).get());
            }
        }

        private void compare(String at, Wish wish, Outcome outcome) {
            var expected = new AtomicReference<Outcome>();
            keeping.log.submit(keeping.command(wish), expected::set);
            keeping.log.lead();
            assertThat(evicting.learn(wish, outcome))
                    .as(at)
                    .isEqualTo(keeping.learn(wish, expected.get()));
            if (outcome instanceof Outcome.Appended || outcome instanceof Outcome.Deleted) {
                for (Watching one : watching) {
                    assertThat(one.expects && one.path.equals(wish.path) && evicting.isNow(one))
                            .as(at + ": not told of " + wish)
                            .isFalse();
                }
            }
            if (outcome instanceof Outcome.Deleted) {
                watching.removeIf(one -> one.path.equals(wish.path));
            }
            if (outcome instanceof Outcome.Created && holds) {
                hold(wish.path);
            }
        }

        private void hold(String path) {
            try {
                var _ = reader(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Wish wish(int group) {
            int kind = random.nextInt(14);
            return new Wish(
                    kind,
                    path(group),
                    path(group),
                    random.nextInt(12) - 2,
                    "d" + random.nextInt(100),
                    random.nextInt(4),
                    random.nextInt(3) == 0 ? new Lifetime.IdleFor(TTL_SECONDS) : Lifetime.FOREVER);
        }

        private String path(int group) {
            return "g" + group + "/p" + random.nextInt(PATHS);
        }

        /// Something that may happen at any moment: streams are settled and leave, look-ups end, readers come.
        private void disturb() {
            if (depth > DISTURBED_MAX) {
                return;
            }
            depth++;
            try {
                switch (random.nextInt(8)) {
                    case 0, 1 -> settle();
                    case 2 -> tidy();
                    case 3 -> lookUp();
                    case 4 -> evicting.log.lead();
                    case 5 -> hold();
                    case 6 -> {
                        if (!holds && random.nextInt(20) == 0) {
                            System.gc();
                        }
                    }
                    default -> {}
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                depth--;
            }
        }

        private void settle() throws IOException {
            evicting.log.settleAll();
            tidy();
        }

        private void tidy() {
            evicting.log.settled(0);
        }

        private void lookUp() {
            if (!lookUps.isEmpty()) {
                lookUps.remove(random.nextInt(lookUps.size())).run();
            }
        }

        private void hold() throws IOException {
            String path = path(random.nextInt(GROUPS));
            StreamReader reader = reader(path);
            if (reader != null && random.nextInt(3) == 0) {
                var one = new Watching(path, reader.info().streamId());
                disturb();
                reader.watch(() -> one.expects = false);
                if (reader.state() == StreamReader.State.LIVE) {
                    watching.add(one);
                }
            }
        }

        private @Nullable StreamReader reader(String path) throws IOException {
            Found found = evicting.log.findInMemory(path);
            if (found == null) {
                disturb();
                found = evicting.log.find(path);
            }
            if (found instanceof Found.Stream(StreamReader reader)) {
                if (holds) {
                    held.add(reader);
                }
                return reader;
            }
            return null;
        }

        private void compareReads(String at) throws Exception {
            String path = path(random.nextInt(GROUPS));
            StreamReader reader = reader(path);
            Found expected = keeping.log.find(path);
            assertThat(reader != null).as(at).isEqualTo(expected instanceof Found.Stream);
            if (reader != null && expected instanceof Found.Stream(StreamReader other)) {
                assertThat(Side.plain(reader.info().toString()))
                        .as(at)
                        .isEqualTo(Side.plain(other.info().toString()));
                if (random.nextBoolean()) {
                    reader.renew();
                    other.renew();
                }
                assertThat(content(reader)).as(at + ", " + path).isEqualTo(content(other));
            }
            String prefix = random.nextBoolean() ? "" : "g" + random.nextInt(GROUPS);
            String after = random.nextBoolean() ? null : path(random.nextInt(GROUPS));
            int limit = 1 + random.nextInt(6);
            assertThat(Side.plain(evicting.log.list(prefix, after, limit).toString()))
                    .as(at + ": " + prefix + " after " + after)
                    .isEqualTo(Side.plain(keeping.log.list(prefix, after, limit).toString()));
        }

        private static String content(StreamReader reader) throws Exception {
            return UTF_8.decode(reader.read(reader.resolve(Offset.BEGINNING), null).bytes())
                    .toString();
        }

        /// Time passes only when every use is in the log: one that becomes durable later would count from
        /// then on.
        private void advance() throws IOException {
            for (int i = 0; i < 4; i++) {
                while (!lookUps.isEmpty()) {
                    lookUps.removeLast().run();
                }
                settle();
            }
            keeping.log.lead();
            clock.advance(Duration.ofSeconds(random.nextInt(TTL_SECONDS / 2)));
            evicting.log.keepHouse();
            keeping.log.keepHouse();
            while (!lookUps.isEmpty()) {
                lookUps.removeLast().run();
            }
        }

        private void restart() throws IOException {
            advance();
            held.clear();
            watching.clear();
            depth = DISTURBED_MAX + 1; // recovery is not to be disturbed by the log before
            evicting.log.close();
            evicting.log = openEvicting();
            keeping.log.close();
            keeping.log = openKeeping();
            depth = 0;
        }
    }
}
