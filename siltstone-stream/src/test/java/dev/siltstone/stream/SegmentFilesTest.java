package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.stream.segment.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SegmentFilesTest {
    private static final int BYTES = 1 << 20;

    @Test
    void aSegmentThatIsBeingWrittenWhenTheLogIsClosedIsGivenUp() throws IOException {
        var disk = new SimulatedDisk();
        SegmentFiles files = SegmentFiles.open(disk, Path.of("/data/segments"), Pace.full());
        assertThatThrownBy(() ->
                        files.write(
                                SegmentHeader.plain(0, 0, 100, 1, 1),
                                0,
                                writer -> {
                                    writer.beginRun(1, 0);
                                    files.stop();
                                    writer.message(BYTES, true, 0);
                                    writer.write(ByteBuffer.allocate(BYTES));
                                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is being closed");
        assertThat(files.isEmpty()).isTrue();
        assertThat(disk.files()).isEmpty();
    }
}
