package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResponseReaderTest {
    private static final String ANSWERS =
            "HTTP/1.1 100 Continue\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nStream-Next-Offset: 7\r\n\r\nhello"
                    + "HTTP/1.1 204 No Content\r\nstream-next-offset: 12\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
                    + "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

    private static final class Notes implements ResponseReader.Receiver {
        private final List<String> notes = new ArrayList<>();
        private final StringBuilder body = new StringBuilder();
        private ResponseReader reader = new ResponseReader(this);

        @Override
        public void head(ResponseReader response) {
            body.append(response.status())
                    .append(' ')
                    .append(response.header("stream-next-offset"));
            body.append(' ');
        }

        @Override
        public void body(ByteBuffer part) {
            body.append(ISO_8859_1.decode(part));
        }

        @Override
        public void complete() {
            notes.add(body.toString());
            body.setLength(0);
        }
    }

    private static List<String> read(String text, int pieceBytes) throws LoadFailedException {
        Notes notes = new Notes();
        byte[] bytes = text.getBytes(ISO_8859_1);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            notes.reader.read(ByteBuffer.wrap(bytes, at, Math.min(pieceBytes, bytes.length - at)));
        }
        return notes.notes;
    }

    @Test
    void readsAnswersHoweverTheirPiecesFall() throws LoadFailedException {
        for (int pieceBytes = 1; pieceBytes <= ANSWERS.length(); pieceBytes++) {
            assertThat(read(ANSWERS, pieceBytes))
                    .as("pieces of %d bytes", pieceBytes)
                    .containsExactly(
                            "200 7 hello", "204 12 ", "200 null abc0123456789", "404 null ");
        }
    }

    @Test
    void canBeAskedForHeaderFieldsOnceTheAnswerIsComplete() throws LoadFailedException {
        Notes notes = new Notes();
        notes.reader.read(
                ByteBuffer.wrap(
                        "HTTP/1.1 204 -\r\nStream-Next-Offset: 3\r\n\r\n".getBytes(ISO_8859_1)));
        assertThat(notes.reader.header("stream-next-offset")).isEqualTo("3");
    }

    @Test
    void refusesWhatIsNotHttp() {
        assertThatThrownBy(() -> read("SSH-2.0-OpenSSH\r\n\r\n", 100))
                .isInstanceOf(LoadFailedException.class)
                .hasMessageContaining("HTTP/1.1");
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\nx: " + "y".repeat(40_000), 4096))
                .isInstanceOf(LoadFailedException.class)
                .hasMessageContaining("head");
    }
}
