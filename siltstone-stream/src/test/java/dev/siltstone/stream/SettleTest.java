package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every read gives the same before and after what it reads was settled, kept as it is, or merged.
///
/// `-Dsiltstone.seed=S` runs one seed, `-Dsiltstone.seeds=N` so many.
class SettleTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path JOURNAL = DIRECTORY.resolve("journal");
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
        var disk = new SimulatedDisk();
        List<Long> batchEnds = workload(disk, random);

        Path directory = catalogDirectory.resolve("" + seed);
        java.nio.file.Files.createDirectories(directory);
        try (Catalog catalog = Catalog.open(directory, CatalogSettings.defaults().unforced())) {
            SegmentFiles files = SegmentFiles.open(disk, DIRECTORY.resolve("segments"));
            try (var segments = new Segments(files, 2);
                    var runs = new SettledRuns(catalog, segments)) {
                var reads = new Reads(runs);
                var streams = new Streams(reads, new ManualClock(), _ -> {});
                var state = new LogState(0, 0);
                try (Journal journal =
                        Journal.open(
                                disk,
                                JOURNAL,
                                SETTINGS.journal(),
                                new Random(seed),
                                new Recovery(state, streams))) {
                    reads.from(journal);
                    state.streams().forEach(streams::publish);
                    Map<String, Facts> expected = facts(state, streams);
                    var compaction = new Compaction(catalog, files, segments, 1 << 22);
                    settle(
                            journal,
                            catalog,
                            files,
                            compaction,
                            batchEnds,
                            random,
                            () -> {
                                assertThat(facts(state, streams))
                                        .as("seed %d", seed)
                                        .isEqualTo(expected);
                            });
                    assertThat(catalog.point().recoveryPoint()).isEqualTo(journal.durableEnd());
                    assertThat(catalog.point().writerEpoch()).isEqualTo(state.writerEpoch());
                    assertThat(catalog.point().time()).isEqualTo(state.time());
                    try (CatalogReader reader = catalog.reader()) {
                        for (StreamState stream : state.streams()) {
                            assertThat(reader.find(stream.id)).isEqualTo(stream.stored());
                        }
                        assertThat(reader.streamCount()).isEqualTo(state.streamCount());
                    }
                }
            }
        }
    }

    private interface Check {
        void run() throws Exception;
    }

    private static void settle(
            Journal journal,
            Catalog catalog,
            SegmentFiles files,
            Compaction compaction,
            List<Long> batchEnds,
            SplittableRandom random,
            Check check)
            throws Exception {
        TreeSet<Long> ends = new TreeSet<>(batchEnds);
        ends.add(journal.durableEnd());
        while (catalog.point().recoveryPoint() < journal.durableEnd()) {
            long from = catalog.point().recoveryPoint();
            long fileEnd = journal.fileEnd(from);
            long to = fileEnd;
            if (random.nextInt(3) == 0) {
                List<Long> possible = new ArrayList<>(ends.subSet(from + 1, fileEnd + 1));
                to = possible.isEmpty() ? fileEnd : possible.get(random.nextInt(possible.size()));
            }
            new SettlePass(journal, catalog, files).settleTo(to);
            if (random.nextBoolean()) {
                journal.dropBefore(to);
            }
            check.run();
            if (random.nextInt(4) == 0) {
                while (compaction.step()) {
                    check.run();
                }
            }
        }
        journal.dropBefore(journal.durableEnd());
        while (compaction.step()) {
            check.run();
        }
        check.run();
        try (CatalogReader reader = catalog.reader()) {
            assertThat(files.missing(reader.segments())).isNull();
            files.sweep(reader.segments());
        }
        check.run();
    }

    // --- what is there to read ---

    private static Map<String, Facts> facts(LogState state, Streams streams) throws Exception {
        Map<String, Facts> facts = new TreeMap<>();
        for (StreamState stream : state.streams()) {
            LiveStream live = streams.live(stream);
            facts.put(stream.path, facts(live));
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

    /// @return where batches end
    private static List<Long> workload(SimulatedDisk disk, SplittableRandom random)
            throws Exception {
        List<Long> ends = new ArrayList<>();
        var clock = new ManualClock();
        boolean large = random.nextBoolean();
        try (StreamLog log =
                StreamLog.open(disk, DIRECTORY, SETTINGS, clock, clock, new Random(1))) {
            int commands = 100 + random.nextInt(200);
            for (int i = 0; i < commands; i++) {
                clock.advance(java.time.Duration.ofMillis(random.nextInt(50)));
                log.execute(command(i, large && i > 3 * commands / 4, random));
                if (random.nextInt(10) == 0) {
                    ends.add(log.durablePosition());
                }
            }
        }
        return ends;
    }

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
