package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import dev.siltstone.stream.segment.SegmentHeader;
import dev.siltstone.stream.segment.SegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectSegmentTest {
    private static final int DATA_FILE_POSITION = 4096;

    @TempDir private Path data;

    private Path segment;

    @BeforeEach
    void write() throws IOException {
        Disk disk = new RealDisk();
        segment = data.resolve("segments/01/one.segment");
        disk.createDirectories(segment.getParent());
        try (DiskFile file = disk.create(segment);
                SegmentWriter writer =
                        SegmentWriter.begin(disk, file, SegmentHeader.plain(1, 0, 4096, 10, 3))) {
            writer.beginRun(17, 5);
            writer.message(3, true, 0);
            writer.message(2, true, 1000);
            writer.write(ByteBuffer.wrap("abcde".getBytes(UTF_8)));
            writer.endRun();
            writer.finish();
        }
    }

    @Test
    void printsHeaderAndRuns() {
        for (Path path : new Path[] {segment, data, segment.getParent()}) {
            CommandRun run = new CommandRun("inspect", path.toString());

            assertThat(run.err()).isEmpty();
            assertThat(run.out())
                    .isEqualTo(
                            segment
                                    + ": segment of level 1, positions 0 to 4096, log 000000000000000a,"
                                    + " writer epoch 3, runs 1, messages 2, 5 bytes in a file of 24576\n"
                                    + "  run of stream 17: bytes 5 to 10, messages 2,"
                                    + " 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z\n");
            assertThat(run.exitCode()).isEqualTo(ExitCode.SUCCESS);
        }
    }

    @Test
    void namesDamage() throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        bytes[DATA_FILE_POSITION + 1] ^= 4;
        Files.write(segment, bytes);

        CommandRun run = new CommandRun("inspect", "--json", segment.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.out())
                .contains("\"fact\":\"segment\"")
                .contains("\"fact\":\"run\"")
                .contains("\"fact\":\"damaged\"")
                .contains("\"filePosition\":4096")
                .contains("checksum of the block");
    }
}
