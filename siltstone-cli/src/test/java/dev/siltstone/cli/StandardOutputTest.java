package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

final class StandardOutputTest {
    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void tellsReaderThatWentAwayFromFullDisk() throws IOException {
        try (StandardOutput pipe = new StandardOutput(failing("Broken pipe"));
                StandardOutput file = new StandardOutput(failing("No space left on device"))) {
            assertThatThrownBy(() -> pipe.write(1)).isInstanceOf(StandardOutput.ReaderGone.class);
            assertThatThrownBy(() -> file.write(1))
                    .isNotInstanceOf(StandardOutput.ReaderGone.class)
                    .hasMessageContaining("No space left");
        }
    }
}
