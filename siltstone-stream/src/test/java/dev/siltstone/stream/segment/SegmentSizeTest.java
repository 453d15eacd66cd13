package dev.siltstone.stream.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Segments of many runs, and of long ones: no heap, few reads.
class SegmentSizeTest {
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");
    private static final int MESSAGES = LONG ? 10_000_000 : 500_000;
    private static final int MESSAGE_BYTES = 3;

    @TempDir private Path directory;

    /// Runs in a process of its own, which may have little memory.
    static final class ManyRuns {
        private static final int RUNS = LONG ? 1_000_000 : 200_000;
        private static final int RUN_BYTES = 100;

        public static void main(String[] args) throws IOException {
            Disk disk = new RealDisk();
            Path path = Path.of(args[0]).resolve("many.segment");
            Path merged = Path.of(args[0]).resolve("merged.segment");
            SegmentHeader header = SegmentHeader.plain(0, 0, 1, 2, 3);
            try (DiskFile file = disk.create(path);
                    SegmentWriter writer = SegmentWriter.begin(disk, file, header)) {
                ByteBuffer bytes = ByteBuffer.allocate(RUN_BYTES);
                for (long key = 0; key < RUNS; key++) {
                    writer.beginRun(2 * key, key);
                    writer.message(RUN_BYTES, true, key);
                    writer.write(bytes.clear().putLong(0, key));
                    writer.endRun();
                }
                writer.finish();
            }
            try (SegmentReader segment = SegmentFiles.open(disk, path)) {
                for (long key = 0; key < RUNS; key += 101) {
                    check(segment, key);
                }
                try (DiskFile file = disk.create(merged);
                        SegmentWriter writer =
                                SegmentWriter.begin(disk, file, header.withCompression())) {
                    SegmentMerger.merge(
                            List.of(segment.cursor()), key -> SegmentMerger.Kept.ALL, writer);
                    writer.finish();
                }
            }
            if (!SegmentInspection.inspect(disk, merged, fact -> {})) {
                throw new AssertionError("damaged");
            }
        }

        private static void check(SegmentReader segment, long key) throws IOException {
            SegmentRun run = segment.find(2 * key);
            ByteBuffer bytes = ByteBuffer.allocate(RUN_BYTES);
            run.read(key, bytes);
            if (bytes.getLong(0) != key
                    || run.firstTime() != key
                    || run.messageEnd(key + 1) != run.end()
                    || segment.find(2 * key + 1) != null) {
                throw new AssertionError("key " + key);
            }
        }
    }

    @Test
    void writesFindsMergesAndInspectsManyRunsInLittleMemory() throws Exception {
        String java = ProcessHandle.current().info().command().orElse("java");
        Process process =
                new ProcessBuilder(
                                java,
                                "-Xmx24m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dsiltstone.long=" + LONG,
                                "-cp",
                                System.getProperty("java.class.path"),
                                ManyRuns.class.getName(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void findsAMessageAmongManyWithFewReads() throws IOException {
        Path path = directory.resolve("long.segment");
        Disk disk = new RealDisk();
        try (DiskFile file = disk.create(path);
                SegmentWriter writer =
                        SegmentWriter.begin(disk, file, SegmentHeader.plain(0, 0, 1, 2, 3))) {
            writer.beginRun(1, 0);
            for (int i = 0; i < MESSAGES; i++) {
                writer.message(MESSAGE_BYTES, i % 10 == 0, i / 10);
            }
            ByteBuffer bytes = ByteBuffer.allocate(1000 * MESSAGE_BYTES);
            for (int i = 0; i < MESSAGES / 1000; i++) {
                writer.write(bytes.clear());
            }
            writer.endRun();
            writer.finish();
        }

        CountedReads file = new CountedReads(disk.openForReading(path));
        try (SegmentReader segment = SegmentReader.open(file)) {
            assertThat(file.reads()).isEqualTo(2);
            SegmentRun run = segment.find(1);
            assertThat(file.reads()).isEqualTo(3);
            for (long message = 0; message < MESSAGES; message += 99_991) {
                long wireByte = message * MESSAGE_BYTES;
                assertThat(run.isMessageBoundary(wireByte)).isTrue();
                assertThat(run.isMessageBoundary(wireByte + 1)).isFalse();
                assertThat(run.messageEnd(wireByte + 1)).isEqualTo(wireByte + MESSAGE_BYTES);
                assertThat(run.timeOf(wireByte)).isEqualTo(message / 10);
                int before = file.reads();
                assertThat(run.appendEnd(wireByte))
                        .isEqualTo((message / 10 + 1) * 10 * MESSAGE_BYTES);
                // the binary logarithm of the number of pages of marks, about 3 kB each
                assertThat(file.reads() - before).isLessThan(16);
            }
        }
    }
}
