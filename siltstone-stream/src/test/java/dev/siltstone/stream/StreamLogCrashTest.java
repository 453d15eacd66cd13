package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
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
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Power failures and killed processes after every write, force and change of a name, with every kind of
/// entry under way. After each the log must open and hold all that was acknowledged, in order, once; nothing
/// that was seen may be missing, and every producer's last request must be recognised as it is.
///
/// A failure names its seed and the operation: `-Dsiltstone.crash.seed=S` runs that seed alone. With
/// `-Dsiltstone.crash.points=N` there are N points, and everything is verified after each of them;
/// `-Dsiltstone.crash.from=S` begins with another seed.
class StreamLogCrashTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";
    private static final int COMMANDS = 60;
    private static final int TTL_SECONDS = 100;
    private static final int CRASH_POINTS_MIN = Integer.getInteger("siltstone.crash.points", 2_000);

    /// Verifying everything takes as long as all the rest.
    private static final int VERIFIED_EVERY =
            Boolean.getBoolean("siltstone.long") || CRASH_POINTS_MIN > 2_000 ? 1 : 8;

    private static final StreamLogSettings SETTINGS =
            StreamLogSettings.defaults()
                    .withResidency(ResidencySettings.defaults().withIdleMax(1))
                    .withSettling(
                            SettlingSettings.defaults()
                                    .withMergedBytesMax(64 << 10)
                                    .withPromotedEntryBytesMin(300))
                    .withLeader(LeaderMode.CALLER)
                    .withJournal(
                            JournalSettings.ofFileBytes(8 << 10)
                                    .withFreeBytesReserve(0)
                                    .withoutBackground())
                    .withNotices(notice -> {});

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.crash.seed");
        return only != null
                ? LongStream.of(only)
                : LongStream.range(0, Boolean.getBoolean("siltstone.long") ? 400 : 24);
    }

    /// A disk as it was found, and what had happened until then.
    private record Wreck(
            SimulatedDisk disk,
            Path catalog,
            String moment,
            int acknowledged,
            int submitted,
            Map<Long, Long> visibleTails) {}

    private record Answered(Command command, @Nullable Outcome outcome) {}

    private static int crashPoints;

    /// How many of them came while something was done in which directory: the journal's, a level's, that of
    /// journal files that are kept.
    private static final Map<String, Integer> PLACES = new TreeMap<>();

    @TempDir static Path catalogs;

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNothingAndInventsNothing(long seed) throws Exception {
        new Workload(seed).run();
    }

    @Test
    void coversEnoughPoints() throws Exception {
        if (Long.getLong("siltstone.crash.seed") == null) {
            long seed = Long.getLong("siltstone.crash.from", 10_000);
            while (crashPoints < CRASH_POINTS_MIN) {
                new Workload(seed).run();
                seed++;
            }
            assertThat(PLACES).containsKeys("journal", "00", "01", "promoted");
            System.out.printf("%d crash points up to seed %d: %s%n", crashPoints, seed, PLACES);
        }
    }

    private static final class Workload {
        private final long seed;
        private final SplittableRandom random;

        /// Where entries are large, journal files are kept as they are.
        private final boolean isLarge;

        private final SimulatedDisk disk = new SimulatedDisk();
        private final ManualClock clock = new ManualClock();
        private final List<Answered> history = new ArrayList<>();
        private final List<Wreck> crashes = new ArrayList<>();
        private final Map<String, Long> nextSequence = new HashMap<>();
        private int acknowledged;
        private int submitted;
        private int operations;
        private @Nullable StreamLog log;
        private final Path catalog;

        Workload(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.isLarge = random.nextInt(3) == 0;
            this.catalog = catalogs.resolve("seed-" + seed);
        }

        void run() throws Exception {
            disk.observe((operation, path) -> {
                Path place = operation == Operation.FORCE_DIRECTORY ? path : path.getParent();
                PLACES.merge(String.valueOf(place.getFileName()), 1, Integer::sum);
                crash(operation + " " + path.getFileName());
            });
            StreamLog running = open(disk, Files.createDirectories(catalog), seed);
            log = running;
            while (history.size() < COMMANDS) {
                int together = 1 + random.nextInt(4);
                for (int i = 0; i < together; i++) {
                    submit(running, command());
                }
                running.lead();
                switch (random.nextInt(12)) {
                    case 0 -> running.settler().settleDue();
                    case 1 -> running.settler().settleAll();
                    case 2 -> running.settler().compact();
                    default -> {}
                }
                if (random.nextInt(4) == 0) {
                    clock.advance(Duration.ofSeconds(random.nextInt(TTL_SECONDS)));
                    if (running.find("t0") instanceof Found.Stream(StreamReader reader)) {
                        reader.renew();
                    }
                    running.keepHouse();
                }
            }
            log = null;
            running.close();
            verifyAll();
        }

        private StreamLog open(SimulatedDisk on, Path catalogDirectory, long salt)
                throws IOException {
            return new Opening(
                            on,
                            DIRECTORY,
                            catalogDirectory,
                            SETTINGS,
                            CatalogSettings.defaults().unforced(),
                            clock,
                            clock,
                            new Random(salt),
                            StreamLog.Threads.callers(),
                            Pace.full(),
                            () -> {})
                    .open();
        }

        private void submit(StreamLog running, Command command) {
            int index = history.size();
            history.add(new Answered(command, null));
            submitted++;
            assertThat(
                            running.submit(
                                    command,
                                    outcome -> {
                                        history.set(index, new Answered(command, outcome));
                                        acknowledged = index + 1;
                                    }))
                    .isTrue();
        }

        /// Called by the disk after each operation, whoever makes it: takes pictures of what a crash now
        /// would leave.
        private void crash(String moment) {
            operations++;
            Map<Long, Long> visible = new TreeMap<>();
            StreamLog running = log;
            if (running != null) {
                for (StreamInfo stream : listed(running)) {
                    visible.put(stream.streamId(), stream.tail().wireByte());
                }
            }
            String at = moment + " #" + operations;
            Path catalogThen = catalogNow();
            if (operations % 3 == 0) {
                crashes.add(
                        new Wreck(
                                disk.kill(),
                                catalogThen,
                                "kill after " + at,
                                acknowledged,
                                submitted,
                                visible));
            } else {
                crashes.add(
                        new Wreck(
                                disk.crash(new Random(seed * 1_000 + operations)),
                                catalogThen,
                                "power failure after " + at,
                                acknowledged,
                                submitted,
                                visible));
            }
        }

        /// Copies the catalog: what was committed is in its files, what was not is not.
        private Path catalogNow() {
            Path copy = catalog.resolveSibling("seed-" + seed + "-" + operations);
            try (var files = Files.list(Files.createDirectories(catalog))) {
                Files.createDirectories(copy);
                for (Path file : files.toList()) {
                    if (!file.toString().endsWith("-shm")) {
                        Files.copy(file, copy.resolve(file.getFileName()));
                    }
                }
                return copy;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static List<StreamInfo> listed(StreamLog log) {
            try {
                return log.list("", null, 1000).streams();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        // --- what is done ---

        private Command command() {
            if (random.nextInt(8) == 0) {
                return mortal("t" + random.nextInt(2));
            }
            String path = "s" + random.nextInt(6);
            String type = path.compareTo("s3") < 0 ? TEXT : JSON;
            return switch (random.nextInt(12)) {
                case 0, 1 ->
                        new Command.Create(
                                path,
                                type,
                                Lifetime.FOREVER,
                                random.nextInt(8) == 0,
                                null,
                                random.nextBoolean() ? Payload.EMPTY : data(type));
                case 2 ->
                        new Command.Create(
                                path,
                                null,
                                Lifetime.FOREVER,
                                false,
                                forkPoint(sourceOf(path)),
                                random.nextBoolean() ? Payload.EMPTY : data(type));
                case 3 -> new Command.Delete(path);
                case 4 -> new Command.Append(path, null, Payload.EMPTY, true, null, null);
                case 5, 6, 7, 8 -> produce(path, type);
                default -> new Command.Append(path, type, data(type), false, null, null);
            };
        }

        private ForkPoint forkPoint(String source) {
            StreamLog running = log;
            if (running != null
                    && random.nextBoolean()
                    && running.findInMemory(source) instanceof Found.Stream(StreamReader reader)
                    && reader.info().tail().wireByte() > 0) {
                return new ForkPoint(source, Offset.BEGINNING, random.nextInt(3));
            }
            return new ForkPoint(source, null, 0);
        }

        /// Streams that end by themselves; a restart gives them their time anew.
        private Command mortal(String path) {
            return random.nextBoolean()
                    ? new Command.Create(
                            path, TEXT, new Lifetime.IdleFor(TTL_SECONDS), false, null, data(TEXT))
                    : new Command.Append(path, TEXT, data(TEXT), false, null, null);
        }

        /// Streams 0 to 2 are text, 3 to 5 are JSON: forks stay among their own.
        private String sourceOf(String path) {
            int number = path.charAt(1) - '0';
            return "s" + (number < 3 ? (number + 1) % 3 : 3 + (number - 2) % 3);
        }

        private Command produce(String path, String type) {
            String id = "p" + random.nextInt(2);
            long sequence = nextSequence.getOrDefault(path + id, 0L);
            int luck = random.nextInt(10);
            if (luck == 0 && sequence > 0) {
                sequence--; // a repeat
            } else {
                nextSequence.put(path + id, luck == 1 ? 0L : sequence + 1);
            }
            return new Command.Append(
                    path,
                    type,
                    data(type),
                    random.nextInt(12) == 0,
                    new Producer(id, 0, sequence),
                    null);
        }

        private Payload data(String type) {
            String text =
                    "<"
                            + history.size()
                            + "x"
                                    .repeat(
                                            random.nextInt(
                                                    isLarge || random.nextInt(8) == 0
                                                            ? 1_500
                                                            : 120))
                            + ">";
            if (type.equals(TEXT)) {
                return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
            }
            try {
                return Payload.ofJson(ByteBuffer.wrap(("[\"" + text + "\",1.0]").getBytes(UTF_8)));
            } catch (InvalidJsonException e) {
                throw new AssertionError(e);
            }
        }

        // --- what must hold ---

        private void verifyAll() throws Exception {
            List<StreamModel> models = new ArrayList<>();
            StreamModel model = new StreamModel();
            models.add(model.copy());
            for (Answered answered : history) {
                assertThat(answered.outcome()).as("seed %d: unanswered", seed).isNotNull();
                model.apply(answered.command(), Objects.requireNonNull(answered.outcome()));
                models.add(model.copy());
            }
            for (Wreck crash : crashes) {
                crashPoints++;
                try {
                    verify(crash, models);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(
                            "seed "
                                    + seed
                                    + ", "
                                    + crash.moment()
                                    + " (run it alone with -Dsiltstone.crash.seed="
                                    + seed
                                    + ")",
                            e);
                }
            }
        }

        private void verify(Wreck crash, List<StreamModel> models) throws Exception {
            StreamLog found = open(crash.disk(), crash.catalog(), seed + 1);
            StreamModel content = content(found);
            Map<String, String> mortals = mortals(found);
            int state = -1;
            for (int k = crash.acknowledged(); k <= crash.submitted(); k++) {
                if (sameAs(models.get(k), content) && mortalsFit(models.get(k), mortals)) {
                    state = k;
                    break;
                }
            }
            assertThat(state)
                    .as(
                            "found%n%s%s%nacknowledged%n%s%nsubmitted%n%s",
                            content,
                            mortals,
                            models.get(crash.acknowledged()),
                            models.get(crash.submitted()))
                    .isNotNegative();
            verifyVisible(crash, found);
            verifyProducers(found, models.get(state));
            goOn(found, models.get(state).copy());
            if (crashPoints % VERIFIED_EVERY == 0) {
                List<Verification.Problem> problems = new ArrayList<>();
                var _ =
                        Verification.verify(
                                crash.disk(), DIRECTORY, crash.catalog(), problems::add);
                assertThat(problems).isEmpty();
            }
        }

        /// Readers saw nothing that is not there now, unless it was deleted by a command under way.
        private void verifyVisible(Wreck crash, StreamLog found) {
            for (StreamInfo stream : listed(found)) {
                Long seen = crash.visibleTails().get(stream.streamId());
                if (seen != null) {
                    assertThat(stream.tail().wireByte())
                            .as(stream.path())
                            .isGreaterThanOrEqualTo(seen);
                }
            }
        }

        private static Map<String, String> mortals(StreamLog found) throws Exception {
            Map<String, String> mortals = new TreeMap<>();
            for (String path : List.of("t0", "t1")) {
                if (found.find(path) instanceof Found.Stream(StreamReader reader)) {
                    Chunk chunk = reader.read(reader.resolve(Offset.BEGINNING), null);
                    mortals.put(path, UTF_8.decode(chunk.bytes()).toString());
                }
            }
            return mortals;
        }

        /// A stream that ends by itself is gone, or holds all that it was given.
        private static boolean mortalsFit(StreamModel model, Map<String, String> mortals) {
            return mortals.entrySet().stream()
                    .allMatch(mortal -> {
                        StreamModel.Stream expected = model.find(mortal.getKey());
                        return expected != null && expected.content().equals(mortal.getValue());
                    });
        }

        /// The last request of each producer is a repeat, and the next one is new, in the same epoch.
        private void verifyProducers(StreamLog found, StreamModel model) throws Exception {
            for (var entry : model.streams().entrySet()) {
                if (entry.getValue().softDeleted() || !entry.getKey().startsWith("s")) {
                    continue;
                }
                String path = entry.getKey();
                String type = path.compareTo("s3") < 0 ? TEXT : JSON;
                for (Producer producer : entry.getValue().producers().values()) {
                    Outcome repeat =
                            found.execute(
                                    new Command.Append(
                                            path, type, data(type), false, producer, null));
                    if (entry.getValue().closed()) {
                        assertThat(repeat)
                                .isInstanceOfAny(
                                        Outcome.Duplicate.class, Outcome.StreamClosed.class);
                    } else {
                        assertThat(repeat).isInstanceOf(Outcome.Duplicate.class);
                    }
                }
            }
        }

        /// The log that was found works: it takes more, and keeps that as well.
        private void goOn(StreamLog found, StreamModel model) throws Exception {
            for (int i = 0; i < 4; i++) {
                Command command = command();
                Outcome outcome = found.execute(command);
                assertThat(outcome).isNotInstanceOf(Outcome.Unavailable.class);
                model.apply(command, outcome);
            }
            found.keepHouse();
            assertThat(content(found).toString()).isEqualTo(comparable(model).toString());
            found.close();
        }

        private static boolean sameAs(StreamModel model, StreamModel found) {
            return comparable(model).equals(found);
        }

        /// Leaves out what readers cannot see.
        private static StreamModel comparable(StreamModel model) {
            StreamModel visible = new StreamModel();
            model.streams()
                    .forEach((path, stream) -> {
                        if (path.startsWith("s")) {
                            visible.streams().put(path, visible(stream));
                        }
                    });
            return visible;
        }

        private static StreamModel content(StreamLog log) throws Exception {
            StreamModel content = new StreamModel();
            for (int i = 0; i < 6; i++) {
                String path = "s" + i;
                switch (log.find(path)) {
                    case Found.Stream(StreamReader reader) -> {
                        StringBuilder text = new StringBuilder();
                        Chunk chunk = reader.read(reader.resolve(Offset.BEGINNING), null);
                        text.append(UTF_8.decode(chunk.bytes()));
                        assertThat(chunk.upToDate()).isTrue();
                        content.streams().put(path, visible(text.toString(), chunk.closed()));
                    }
                    case Found.SoftDeleted() -> content.streams().put(path, softDeleted());
                    case Found.None() -> {}
                }
            }
            return content;
        }

        private static StreamModel.Stream visible(String text, boolean closed) {
            return new StreamModel.Stream(text, closed, false, null, 0, Map.of(), null);
        }

        private static StreamModel.Stream visible(StreamModel.Stream stream) {
            return stream.softDeleted()
                    ? softDeleted()
                    : visible(stream.content(), stream.closed());
        }

        private static StreamModel.Stream softDeleted() {
            return new StreamModel.Stream("", false, true, null, 0, Map.of(), null);
        }
    }
}
