package dev.siltstone.stream.segment;

import static dev.siltstone.stream.segment.SegmentFiles.HEADER;
import static dev.siltstone.stream.segment.SegmentFiles.PATH;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes into a segment comes out. Repeat one seed with `-Dsiltstone.seed=N`.
class SegmentTest {
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 2_000 : 30;

    private final SimulatedDisk disk = new SimulatedDisk();

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void givesBackWhatWasWritten(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int runs = random.nextInt(4) == 0 ? random.nextInt(1000) : random.nextInt(20);
        int appends = random.nextInt(4) == 0 ? 500 : 10;
        int bytes = runs > 100 || appends > 100 ? 20 : random.nextInt(3) == 0 ? 20_000 : 200;
        SegmentHeader header = random.nextBoolean() ? HEADER : HEADER.withCompression();
        TreeMap<Long, ModelRun> made =
                SegmentFiles.randomRuns(random, runs, runs > 100 ? 3 : appends, bytes);

        SegmentFiles.write(disk, PATH, header, made, random);

        SegmentFiles.compare(disk, PATH, made, random);
        assertThat(disk.files()).containsExactly(PATH);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void writesTheSameBytesForTheSameRunsWhateverThePieces(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Long, ModelRun> made = SegmentFiles.randomRuns(random, 20, 20, 500);

        SegmentFiles.write(disk, PATH, HEADER.withCompression(), made, random);
        byte[] once = disk.bytes(PATH);
        SegmentFiles.write(disk, PATH, HEADER.withCompression(), made, random);

        assertThat(disk.bytes(PATH)).isEqualTo(once);
    }

    @Test
    void tellsWhatItHolds() throws IOException {
        SegmentFiles.write(disk, PATH, HEADER, new TreeMap<>(), new SplittableRandom(1));

        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            assertThat(segment.header()).isEqualTo(HEADER);
            assertThat(segment.runs()).isZero();
            assertThat(segment.find(0)).isNull();
            assertThat(segment.cursor().next()).isFalse();
            assertThat(segment.fileBytes()).isEqualTo(disk.bytes(PATH).length);
        }
        assertThat(SegmentFiles.facts(disk, PATH)).hasSize(1);
    }

    @Test
    void showsWhereTheBytesOfARunLieInTheFile() throws IOException {
        TreeMap<Long, ModelRun> made =
                SegmentFiles.randomRuns(new SplittableRandom(5), 20, 30, 1000);
        SegmentFiles.write(disk, PATH, HEADER, made, new SplittableRandom(5));
        byte[] file = disk.bytes(PATH);

        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            for (var run : made.entrySet()) {
                ModelRun expected = run.getValue();
                ByteBuffer found = ByteBuffer.allocate(expected.bytes.length);
                boolean asTheyAre =
                        segment.find(run.getKey())
                                .visitRanges(
                                        expected.base,
                                        expected.end(),
                                        (at, length) -> found.put(file, (int) at, (int) length));
                assertThat(asTheyAre).isTrue();
                assertThat(found.array()).isEqualTo(expected.bytes);
            }
        }
    }

    @Test
    void hasNoRangesOfCompressedBytes() throws IOException {
        TreeMap<Long, ModelRun> made = SegmentFiles.randomRuns(new SplittableRandom(5), 1, 1, 10);
        SegmentFiles.write(disk, PATH, HEADER.withCompression(), made, new SplittableRandom(5));

        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            SegmentRun run = segment.find(made.firstKey());
            assertThat(run.visitRanges(run.base(), run.end(), (at, length) -> {})).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsMoreIndexThanFitsInMemory(boolean compressed) throws IOException {
        SegmentHeader header = compressed ? HEADER.withCompression() : HEADER;
        int runs = 2 * PageSpill.MEMORY_BYTES_MAX / SegmentFormat.RUN_BYTES;
        disk.createDirectories(PATH.getParent());
        try (DiskFile file = disk.create(PATH);
                SegmentWriter writer = SegmentWriter.begin(disk, file, header)) {
            for (int key = 0; key < runs; key++) {
                writer.beginRun(2L * key, key);
                writer.message(3, true, key);
                writer.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
                writer.endRun();
            }
            assertThat(disk.files()).hasSize(2);
            writer.finish();
        }

        assertThat(disk.files()).containsExactly(PATH);
        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            for (int key = 0; key < runs; key += 997) {
                SegmentRun run = segment.find(2L * key);
                assertThat(run.base()).isEqualTo(key);
                assertThat(run.firstTime()).isEqualTo(key);
                assertThat(ModelRun.read(run, key, key + 3)).asString(UTF_8).isEqualTo("abc");
                assertThat(segment.find(2L * key + 1)).isNull();
            }
        }
        assertThat(SegmentFiles.facts(disk, PATH)).hasSize(runs + 1);
    }

    @Test
    void refusesRunsOutOfOrderAndRunsThatDoNotAddUp() throws IOException {
        disk.createDirectories(PATH.getParent());
        try (DiskFile file = disk.create(PATH);
                SegmentWriter writer = SegmentWriter.begin(disk, file, HEADER)) {
            writer.beginRun(7, 0);
            assertThatThrownBy(() -> writer.beginRun(8, 0)).hasMessageContaining("not ended");
            assertThatThrownBy(writer::endRun).hasMessageContaining("0 bytes");
            writer.message(3, true, 0);
            writer.write(ByteBuffer.wrap(new byte[2]));
            assertThatThrownBy(writer::endRun)
                    .hasMessageContaining("messages of 3 bytes, and 2 bytes");
            assertThatThrownBy(writer::finish).hasMessageContaining("not ended");
            writer.write(ByteBuffer.wrap(new byte[1]));
            writer.endRun();
            assertThatThrownBy(() -> writer.beginRun(7, 3))
                    .hasMessageContaining("run 7 after run 7");
        }
    }

    @Test
    void refusesBytesThatARunDoesNotHave() throws IOException {
        TreeMap<Long, ModelRun> made = SegmentFiles.randomRuns(new SplittableRandom(5), 1, 1, 10);
        SegmentFiles.write(disk, PATH, HEADER, made, new SplittableRandom(5));

        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            SegmentRun run = segment.find(made.firstKey());
            assertThatThrownBy(() -> run.read(run.end() - 1, ByteBuffer.allocate(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(PATH.toString());
            assertThatThrownBy(() -> run.visitMessages(run.end(), (_, _, _, _) -> true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesWhatIsNoSegment() throws IOException {
        for (int bytes : List.of(0, 10, 4096, 8192, 8193)) {
            disk.put(PATH, new byte[bytes]);
            assertThatThrownBy(() -> SegmentFiles.open(disk, PATH))
                    .isInstanceOf(SegmentDamagedException.class)
                    .hasMessageContaining(PATH.toString());
            assertThat(SegmentInspection.isSegment(disk, PATH)).isFalse();
        }
    }

    @Test
    void namesASegmentOfAnotherVersion() throws IOException {
        SegmentFiles.write(disk, PATH, HEADER, new TreeMap<>(), new SplittableRandom(1));
        byte[] bytes = disk.bytes(PATH);
        ByteBuffer header = ByteBuffer.wrap(bytes, 0, 4096).slice();
        header.putInt(8, 2);
        SegmentFormat.seal(header, 0, new SegmentChecksum(0));
        disk.put(PATH, bytes);

        assertThatThrownBy(() -> SegmentFiles.open(disk, PATH))
                .hasMessageContaining("expected version 1, found version 2");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE})
    void keepsTimesWhateverTheyAre(long time) throws IOException {
        ModelRun run =
                new ModelRun(
                        5,
                        List.of(
                                new ModelRun.Message(5, 1, true, 0),
                                new ModelRun.Message(6, 1, true, time),
                                new ModelRun.Message(7, 1, false, time),
                                new ModelRun.Message(8, 1, true, -time)),
                        "abcd".getBytes(UTF_8));
        TreeMap<Long, ModelRun> runs = new TreeMap<>();
        runs.put(0L, run);

        SegmentFiles.write(disk, PATH, HEADER, runs, new SplittableRandom(1));

        SegmentFiles.compare(disk, PATH, runs, new SplittableRandom(1));
    }
}
