package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every read gives the same before and after what it reads was settled, kept as it is, or merged.
///
/// `-Dsiltstone.seed=S` runs one seed, `-Dsiltstone.seeds=N` so many.
class SettleTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final long FILE_BYTES = 1 << 20;
    private static final StreamLogSettings SETTINGS =
            StreamLogSettings.defaults()
                    .withLeader(LeaderMode.CALLER)
                    .withJournal(
                            JournalSettings.ofFileBytes(FILE_BYTES)
                                    .withFreeBytesReserve(0)
                                    .withoutBackground())
                    .withNotices(notice -> {});

    @TempDir Path catalogDirectory;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only != null
                ? LongStream.of(only)
                : LongStream.range(0, Long.getLong("siltstone.seeds", 8L));
    }

    /// What readers can learn of a stream.
    private record Facts(String content, List<Long> chunkEnds, List<String> places) {}

    @ParameterizedTest
    @MethodSource("seeds")
    void readsAreTheSameWhereverTheBytesLie(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        boolean large = random.nextBoolean();
        int commands = 100 + random.nextInt(200);
        try (Pair logs = new Pair(seed, catalogDirectory.resolve("" + seed))) {
            for (int i = 0; i < commands; i++) {
                logs.clock.advance(Duration.ofMillis(random.nextInt(50)));
                logs.execute(command(i, large && i > 3 * commands / 4, random));
                switch (random.nextInt(20)) {
                    case 0 -> logs.settling.settler().settleDue();
                    case 1 -> logs.settling.settler().settleAll();
                    case 2 -> logs.settling.settler().compact();
                    case 3 -> logs.restart();
                    case 4 -> logs.compare();
                    case 5 -> {
                        logs.plain.keepHouse();
                        logs.settling.keepHouse();
                    }
                    default -> {}
                }
            }
            logs.compare();
            logs.settling.settleAll();
            logs.compare();
            logs.restart();
            logs.compare();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed %d: -Dsiltstone.seed=%d".formatted(seed, seed), e);
        }
    }

    /// A log that settles and keeps next to nothing in memory, and one that does neither.
    private static final class Pair implements AutoCloseable {
        private final SimulatedDisk settlingDisk = new SimulatedDisk();
        private final SimulatedDisk plainDisk = new SimulatedDisk();
        private final ManualClock clock = new ManualClock();
        private final Path catalogDirectory;
        private final long seed;
        private StreamLog settling;
        private StreamLog plain;

        Pair(long seed, Path catalogDirectory) throws IOException {
            this.seed = seed;
            this.catalogDirectory = Files.createDirectories(catalogDirectory);
            open();
        }

        private void open() throws IOException {
            plain = StreamLog.open(plainDisk, DIRECTORY, SETTINGS, clock, clock, new Random(seed));
            settling =
                    new Opening(
                                    settlingDisk,
                                    DIRECTORY,
                                    catalogDirectory,
                                    SETTINGS.withResidency(
                                            ResidencySettings.defaults().withIdleMax(1)),
                                    CatalogSettings.defaults().unforced(),
                                    clock,
                                    clock,
                                    new Random(seed),
                                    StreamLog.Threads.callers(),
                                    Pace.full(),
                                    () -> {})
                            .open();
        }

        void execute(Command command) throws InterruptedException {
            assertThat(settling.execute(command)).isEqualTo(plain.execute(command));
        }

        void compare() throws Exception {
            Map<String, Facts> expected = facts(plain);
            assertThat(facts(settling)).isEqualTo(expected);
        }

        void restart() throws IOException {
            close();
            open();
        }

        @Override
        public void close() throws IOException {
            settling.close();
            plain.close();
        }
    }

    // --- what is there to read ---

    private static Map<String, Facts> facts(StreamLog log) throws Exception {
        Map<String, Facts> facts = new TreeMap<>();
        for (StreamInfo stream : log.list("", null, 1000).streams()) {
            if (log.find(stream.path()) instanceof Found.Stream(StreamReader reader)) {
                facts.put(stream.path(), facts((LiveStream) reader));
            }
        }
        return facts;
    }

    private static Facts facts(LiveStream live) throws Exception {
        StringBuilder content = new StringBuilder();
        List<Long> ends = new ArrayList<>();
        List<String> places = new ArrayList<>();
        Offset at = live.resolve(Offset.BEGINNING);
        boolean more = true;
        while (more) {
            Chunk chunk = live.read(at, null);
            content.append(UTF_8.decode(chunk.bytes()));
            at = chunk.next();
            ends.add(at.wireByte());
            more = !chunk.upToDate();
        }
        long tail = live.info().tail().wireByte();
        for (long wireByte = 0; wireByte <= tail; wireByte += Math.max(1, tail / 7)) {
            Offset offset = new Offset(live.info().tail().lineage(), wireByte);
            for (long subOffset : new long[] {0, 1, 3, 50}) {
                places.add(place(live, offset, subOffset));
            }
        }
        return new Facts(content.toString(), ends, places);
    }

    private static String place(LiveStream live, Offset offset, long subOffset) throws IOException {
        try {
            return "" + live.forkPlace(offset, subOffset);
        } catch (InvalidOffsetException e) {
            return String.valueOf(e.getMessage());
        }
    }

    // --- what is done ---

    private static Command command(int number, boolean large, SplittableRandom random)
            throws InvalidJsonException {
        int stream = random.nextInt(12);
        boolean json = stream % 3 == 0;
        String path = "s" + stream;
        String type = json ? "application/json" : stream % 3 == 1 ? "text/plain" : "a/b";
        return switch (random.nextInt(12)) {
            case 0, 1 ->
                    new Command.Create(
                            path,
                            type,
                            Lifetime.FOREVER,
                            false,
                            null,
                            data(number, json, false, random));
            case 2 ->
                    new Command.Create(
                            path,
                            null,
                            Lifetime.FOREVER,
                            false,
                            new ForkPoint("s" + (stream + 3) % 12, null, 0),
                            data(number, json, false, random));
            case 3 -> new Command.Delete(path);
            default ->
                    new Command.Append(
                            path, type, data(number, json, large, random), false, null, null);
        };
    }

    private static Payload data(int number, boolean json, boolean large, SplittableRandom random)
            throws InvalidJsonException {
        int length =
                large
                        ? 100_000 + random.nextInt(150_000)
                        : random.nextInt(20) == 0 ? 20_000 : 1 + random.nextInt(300);
        String text = number + "é".repeat(length / 2);
        if (!json) {
            return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
        }
        StringBuilder array = new StringBuilder("[\"" + text + "\"");
        int more = random.nextInt(6);
        for (int i = 0; i < more; i++) {
            array.append(',').append(random.nextInt(1000));
        }
        return Payload.ofJson(ByteBuffer.wrap(array.append(']').toString().getBytes(UTF_8)));
    }
}
