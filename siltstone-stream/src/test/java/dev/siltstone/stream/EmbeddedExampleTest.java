package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example of the README: the log embedded in another program, without HTTP.
class EmbeddedExampleTest {
    @TempDir Path directory;

    @Test
    void keepsWhatItWasGiven() throws Exception {
        try (StreamLog log = StreamLog.open(directory, StreamLogSettings.defaults())) {
            log.execute(
                    new Command.Create(
                            "greetings",
                            "text/plain",
                            Lifetime.FOREVER,
                            false,
                            null,
                            Payload.EMPTY));
            Payload hello = Payload.ofBytes(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
            log.execute(new Command.Append("greetings", "text/plain", hello, false, null, null));
        }
        try (StreamLog log = StreamLog.open(directory, StreamLogSettings.defaults())) {
            StreamReader reader = ((Found.Stream) log.find("greetings")).reader();
            Chunk chunk = reader.read(reader.resolve(Offset.BEGINNING), null);
            assertThat(UTF_8.decode(chunk.bytes()).toString()).isEqualTo("hello\n");
        }
    }
}
