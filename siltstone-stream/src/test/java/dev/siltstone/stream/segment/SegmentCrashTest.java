package dev.siltstone.stream.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.StagedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets the power fail after every operation while segments are written to a range store: no name leads to
/// a segment that is not whole, and nothing else is left. Repeat one seed with `-Dsiltstone.seed=N`.
class SegmentCrashTest {
    private static final Path DIRECTORY = Path.of("/data/segments");
    private static final SegmentNames NAMES = new SegmentNames(3);
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 2_000 : 3;

    private final TreeMap<RangeId, TreeMap<Long, ModelRun>> begun = new TreeMap<>();
    private SimulatedDisk disk = new SimulatedDisk();
    private SplittableRandom random = new SplittableRandom(0);
    private int finished;
    private int crashes;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noNameLeadsToASegmentThatIsNotWhole(long seed) throws IOException {
        random = new SplittableRandom(seed);
        LocalRanges ranges = LocalRanges.open(disk, DIRECTORY, NAMES);
        disk.observe((_, _) -> crashHere());
        for (int i = 0; i < 4; i++) {
            write(ranges, i);
        }
        assertThat(crashes).as("crash points of seed %d", seed).isGreaterThan(30);
    }

    @Test
    void leavesNoScratchFilesBehind() throws IOException {
        LocalRanges ranges = LocalRanges.open(disk, DIRECTORY, NAMES);
        StagedRange staged = ranges.stage(0);
        SegmentWriter writer = SegmentWriter.begin(disk, staged.file(), SegmentFiles.HEADER);
        int runs = PageSpill.MEMORY_BYTES_MAX / SegmentFormat.RUN_BYTES + 100;
        for (int key = 0; key < runs; key++) {
            writer.beginRun(key, 0);
            writer.message(1, true, 0);
            writer.write(ByteBuffer.wrap(new byte[1]));
            writer.endRun();
        }
        assertThat(disk.files()).hasSize(2);

        LocalRanges.open(disk.kill(), DIRECTORY, NAMES);
        SimulatedDisk next = disk.kill();
        LocalRanges.open(next, DIRECTORY, NAMES);
        assertThat(next.files()).isEmpty();

        writer.close();
        staged.close();
        assertThat(disk.files()).isEmpty();
    }

    private void write(LocalRanges ranges, int number) throws IOException {
        SegmentHeader header =
                SegmentHeader.plain(random.nextInt(3), 100L * number, 100L * number + 50, 1, 2)
                        .withBlockBytes(4096);
        if (random.nextBoolean()) {
            header = header.withCompression();
        }
        TreeMap<Long, ModelRun> runs = SegmentFiles.randomRuns(random, 20, 20, 200);
        RangeId id = SegmentNames.rangeOf(header);
        begun.put(id, runs);
        try (StagedRange staged = ranges.stage(header.level());
                SegmentWriter writer = SegmentWriter.begin(disk, staged.file(), header)) {
            for (var run : runs.entrySet()) {
                run.getValue().write(writer, run.getKey(), random);
            }
            writer.finish();
            staged.finish(id.first(), id.last(), Instant.EPOCH, Map.of());
        }
        finished++;
    }

    private void crashHere() {
        crashes++;
        try {
            SimulatedDisk after = disk.crash(new SplittableRandom(crashes));
            LocalRanges ranges = LocalRanges.open(after, DIRECTORY, NAMES);
            int found = 0;
            for (var segment : begun.entrySet()) {
                if (ranges.known().find(segment.getKey()).isPresent()) {
                    found++;
                    SegmentFiles.compare(
                            after,
                            ranges.path(segment.getKey()),
                            segment.getValue(),
                            new SplittableRandom(1));
                }
            }
            assertThat(found).isBetween(finished, finished + 1);
            assertThat(after.files()).hasSize(found);
        } catch (IOException e) {
            throw new AssertionError("crash point " + crashes, e);
        }
    }

    @Test
    void namesSayLevelAndPositions() {
        RangeId id = new RangeId(2, 0, 4095);

        assertThat(NAMES.nameOf(id))
                .isEqualTo("02/00000000000000000000-00000000000000004096.segment");
        assertThat(NAMES.idOf(NAMES.nameOf(id))).contains(id);
        assertThat(NAMES.idOf("03/00000000000000000000-00000000000000004096.segment")).isEmpty();
        assertThat(NAMES.idOf("02/00000000000000000009-00000000000000000009.segment")).isEmpty();
        assertThat(NAMES.idOf("02/99999999999999999999-99999999999999999999.segment")).isEmpty();
        assertThat(NAMES.idOf("02/00000000000000000000-00000000000000004096.tmp")).isEmpty();
    }
}
