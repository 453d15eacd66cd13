package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PiecesTest {
    @Test
    void leavesInputWholeThatFits() throws IOException {
        assertThat(pieces("abcd", 4, false)).containsExactly("abcd");
    }

    @Test
    void cutsLongerInput() throws IOException {
        assertThat(pieces("abcde", 4, false)).containsExactly("abcd", "e");
        assertThat(pieces("abcdefgh", 4, false)).containsExactly("abcd", "efgh");
    }

    @Test
    void hasOneEmptyPieceForEmptyInput() throws IOException {
        assertThat(pieces("", 4, false)).containsExactly("");
    }

    @Test
    void cutsTextBetweenCodePoints() throws IOException {
        assertThat(pieces("abä€😀z", 4, true)).containsExactly("abä", "€", "😀", "z");
    }

    @Test
    void cutsWhatIsNoTextAnywhere() throws IOException {
        byte[] continuation = {-128, -128, -128, -128, -128, -128};
        Pieces pieces = new Pieces(new ByteArrayInputStream(continuation), 4, true);
        assertThat(pieces.next()).hasSize(4);
        assertThat(pieces.next()).hasSize(2);
        assertThat(pieces.wasLast()).isTrue();
    }

    private static List<String> pieces(String input, int bytesMax, boolean text)
            throws IOException {
        Pieces pieces = new Pieces(new ByteArrayInputStream(input.getBytes(UTF_8)), bytesMax, text);
        List<String> all = new ArrayList<>();
        do {
            all.add(new String(pieces.next(), UTF_8));
        } while (!pieces.wasLast());
        return all;
    }
}
