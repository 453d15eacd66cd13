package dev.siltstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMappingTest {
    @TempDir private Path directory;

    @Test
    void whatIsWrittenToTheMappingIsReadFromTheFileAndBack() throws IOException {
        Path path = directory.resolve("file");
        Files.write(path, new byte[100]);
        try (Arena arena = Arena.ofConfined();
                DiskFile file = new RealDisk().open(path)) {
            var mapped = FileMapping.map(path, 90, arena);
            assertThat(mapped.byteSize()).isEqualTo(90);
            mapped.set(ValueLayout.JAVA_BYTE, 89, (byte) 7);
            ByteBuffer read = ByteBuffer.allocate(100);
            file.read(read, 0);
            assertThat(read.get(89)).isEqualTo((byte) 7);
            file.write(ByteBuffer.wrap(new byte[] {9}), 0);
            assertThat(mapped.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
        }
    }

    @Test
    void refusesToMapMoreThanThereIs() throws IOException {
        Path path = directory.resolve("file");
        Files.write(path, new byte[100]);
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> FileMapping.map(path, 101, arena))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has 100 bytes; 101 cannot be mapped");
        }
    }
}
