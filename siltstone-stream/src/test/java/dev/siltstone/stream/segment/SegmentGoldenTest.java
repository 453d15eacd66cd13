package dev.siltstone.stream.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of version 1, kept for ever. A newer zstd may compress otherwise, so compressed ones are read
/// only.
class SegmentGoldenTest {
    static final SegmentHeader PLAIN =
            new SegmentHeader(1, 4096, 12_288, 0x0102_0304_0506_0708L, 9, false, 4096);

    private final SimulatedDisk disk = new SimulatedDisk();

    /// 100 runs of one message, and a long one: two pages of run table and a key level; then two blocks.
    static TreeMap<Long, ModelRun> runs() {
        TreeMap<Long, ModelRun> runs = new TreeMap<>();
        for (int key = 0; key < 100; key++) {
            runs.put(17L * key, run(1000L * key, 1, 5 + key % 7));
        }
        runs.put(1L << 40, run(1L << 41, 300, 12));
        return runs;
    }

    private static ModelRun run(long base, int messages, int length) {
        List<ModelRun.Message> made = new ArrayList<>();
        byte[] bytes = new byte[messages * length];
        for (int i = 0; i < messages; i++) {
            long time = 1_700_000_000_000L + 1000L * (i / 3) + base % 1000;
            made.add(new ModelRun.Message(base + (long) i * length, length, i % 3 == 0, time));
        }
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + i % length);
        }
        return new ModelRun(base, made, bytes);
    }

    @Test
    void writesTheBytesOfVersion1() throws IOException {
        SegmentFiles.write(disk, SegmentFiles.PATH, PLAIN, runs(), new SplittableRandom(1));

        assertThat(disk.bytes(SegmentFiles.PATH)).isEqualTo(golden("plain"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "compressed"})
    void readsTheBytesOfVersion1(String name) throws IOException {
        disk.put(SegmentFiles.PATH, golden(name));

        SegmentFiles.compare(disk, SegmentFiles.PATH, runs(), new SplittableRandom(1));
        try (SegmentReader segment = SegmentFiles.open(disk, SegmentFiles.PATH)) {
            assertThat(segment.header())
                    .isEqualTo(name.equals("plain") ? PLAIN : PLAIN.withCompression());
        }
    }

    private static byte[] golden(String name) throws IOException {
        String resource = "/golden/segment-v1/" + name + ".segment";
        try (InputStream in = SegmentGoldenTest.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        }
    }
}
