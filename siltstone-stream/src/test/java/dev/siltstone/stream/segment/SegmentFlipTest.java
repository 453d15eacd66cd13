package dev.siltstone.stream.segment;

import static dev.siltstone.stream.segment.SegmentFiles.HEADER;
import static dev.siltstone.stream.segment.SegmentFiles.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Flips bits of small segments: one in every fifth byte, or in every fiftieth where they are zero; with
/// `-Plong` every single one.
class SegmentFlipTest {
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TreeMap<Long, ModelRun> runs = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void namesEveryFlippedBitAndNeverServesIt(boolean compressed) throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        for (long key = 10; key < 80; key++) {
            runs.put(key, ModelRun.random(random, key, 2, 30));
        }
        runs.put(80L, ModelRun.random(random, 7, 20, 300));
        SegmentHeader header = compressed ? HEADER.withCompression() : HEADER;
        SegmentFiles.write(disk, PATH, header, runs, random);
        byte[] bytes = disk.bytes(PATH);
        SegmentLayout layout;
        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            layout = segment.layout();
            assertThat(layout.levels()).isEqualTo(1);
            assertThat(segment.footer().blocks()).isGreaterThan(1);
        }

        int flips = 0;
        int refused = 0;
        for (int at = 0; at < bytes.length; at++) {
            int one = random.nextInt(8);
            for (int bit = 0; bit < 8; bit++) {
                if (LONG || (bit == one && at % (bytes[at] == 0 ? 50 : 5) == 0)) {
                    flips++;
                    refused += flip(8L * at + bit, layout) ? 1 : 0;
                }
            }
        }
        assertThat(refused).as("flips that reads met").isGreaterThan(flips / 2);
    }

    private boolean flip(long bit, SegmentLayout layout) throws IOException {
        disk.flipBit(PATH, bit);
        try {
            assertNamed(bit);
            return readsOrRefuses(bit, layout);
        } finally {
            disk.flipBit(PATH, bit);
        }
    }

    private void assertNamed(long bit) throws IOException {
        List<SegmentFact.Damaged> damages =
                SegmentFiles.facts(disk, PATH).stream()
                        .filter(SegmentFact.Damaged.class::isInstance)
                        .map(SegmentFact.Damaged.class::cast)
                        .toList();
        boolean named =
                damages.stream()
                        .anyMatch(damage ->
                                damage.file().equals(PATH)
                                        && damage.filePosition() <= bit / 8
                                        && bit / 8 < damage.filePosition() + 4096
                                        && !damage.expected().equals(damage.actual()));
        if (!named) {
            throw new AssertionError("bit %d: %s".formatted(bit, damages));
        }
    }

    /// @return whether a read met the flipped bit
    private boolean readsOrRefuses(long bit, SegmentLayout layout) throws IOException {
        boolean needed = false;
        try (SegmentReader segment = SegmentFiles.open(disk, PATH)) {
            for (long key : List.of(10L, 45L, 79L, 80L)) {
                ModelRun expected = runs.get(key);
                SegmentRun run = segment.find(key);
                boolean right =
                        run != null
                                && Arrays.equals(
                                        ModelRun.read(run, expected.base, expected.end()),
                                        expected.bytes)
                                && ModelRun.messagesFrom(run, expected.base)
                                        .equals(expected.messages);
                if (!right) {
                    throw new AssertionError("bit %d was served, key %d".formatted(bit, key));
                }
            }
        } catch (SegmentDamagedException e) {
            needed = true;
        }
        boolean index = bit / 8 < 4096 || bit / 8 >= layout.footerStart;
        if (index && !needed) {
            throw new AssertionError("bit %d of header or footer was not met".formatted(bit));
        }
        return needed;
    }
}
