package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.server.http.SseFrames.Encoding;
import dev.siltstone.stream.Offset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseFramesTest {
    private static final Offset PLACE = new Offset(7, 42);

    @Test
    void sendsTextAsItIs() {
        assertThat(data("hello", Encoding.TEXT)).isEqualTo("event: data\ndata:hello\n\n");
    }

    @Test
    void beginsALineAtEveryKindOfLineBreak() {
        assertThat(data("a\nb\rc\r\nd", Encoding.TEXT))
                .isEqualTo("event: data\ndata:a\ndata:b\ndata:c\ndata:d\n\n");
    }

    @Test
    void keepsEmptyLinesAtTheEnds() {
        assertThat(data("\na\n", Encoding.TEXT)).isEqualTo("event: data\ndata:\ndata:a\ndata:\n\n");
    }

    @Test
    void keepsTheSpaceThatALineBeginsWith() {
        assertThat(data(" a\n  b", Encoding.TEXT))
                .isEqualTo("event: data\ndata:  a\ndata:   b\n\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "safe\r\n\r\nevent: control\r\ndata: {\"evil\":1}\r\n\r\n",
                "safe\n\nevent: control\ndata: {\"evil\":1}\n\n",
                "safe\r\revent: control\rdata: {\"evil\":1}\r\r",
                "id: 5\nretry: 1\n: comment"
            })
    void letsNoContentBreakOut(String attack) {
        for (Encoding encoding : new Encoding[] {Encoding.TEXT, Encoding.JSON}) {
            List<String[]> events = parse(data(attack + ",", encoding));
            assertThat(events).hasSize(1);
            assertThat(events.getFirst()[0]).isEqualTo("data");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void givesBackAnyTextWithItsLineBreaksMadeEqual(long seed) {
        var random = new SplittableRandom(seed);
        String alphabet = "ab :\r\n€";
        var text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        String normal = text.toString().replace("\r\n", "\n").replace('\r', '\n');
        List<String[]> events = parse(data(text.toString(), Encoding.TEXT));
        assertThat(events).as("seed %d", seed).hasSize(1);
        assertThat(events.getFirst()[1]).as("seed %d", seed).isEqualTo(normal);
    }

    @Test
    void makesAnArrayOfJsonMessages() {
        assertThat(data("{\"a\":1},2,", Encoding.JSON))
                .isEqualTo("event: data\ndata:[{\"a\":1},2]\n\n");
    }

    @Test
    void sendsOtherContentInBase64() {
        assertThat(data("\u0000\u0001\n", Encoding.BASE64)).isEqualTo("event: data\ndata:AAEK\n\n");
    }

    @Test
    void choosesTheEncodingByContentType() {
        assertThat(Encoding.of("application/json; charset=utf-8")).isEqualTo(Encoding.JSON);
        assertThat(Encoding.of("Text/HTML")).isEqualTo(Encoding.TEXT);
        assertThat(Encoding.of("application/octet-stream")).isEqualTo(Encoding.BASE64);
    }

    @Test
    void tellsReadersWhereTheyAre() {
        assertThat(control(5, true, false))
                .isEqualTo(
                        "event: control\ndata:{\"streamNextOffset\":"
                                + "\"0000000000000007_0000000000000042\","
                                + "\"streamCursor\":\"5\",\"upToDate\":true}\n\n");
        assertThat(control(5, false, false)).doesNotContain("upToDate").contains("Cursor\":\"5\"");
    }

    @Test
    void givesNoCursorAtTheEndOfAClosedStream() {
        assertThat(control(5, true, true))
                .contains("\"streamClosed\":true", "\"upToDate\":true")
                .doesNotContain("streamCursor");
    }

    @ParameterizedTest
    @CsvSource({
        "61, 1",
        "61c3, 1",
        "61c3a4, 3",
        "61e282, 1",
        "61e282ac, 4",
        "f09f98, 0",
        "f09f9880, 4",
        "6180808080, 5",
        "61ff, 2",
        "61c3a480, 4"
    })
    void cutsNoCharacterInTwo(String hex, int whole) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        assertThat(SseFrames.wholeCharacters(ByteBuffer.wrap(bytes))).isEqualTo(whole);
    }

    private static String data(String content, Encoding encoding) {
        ByteBuf out = Unpooled.buffer();
        SseFrames.data(out, ByteBuffer.wrap(content.getBytes(UTF_8)), encoding);
        return out.toString(UTF_8);
    }

    private static String control(long cursor, boolean upToDate, boolean closed) {
        ByteBuf out = Unpooled.buffer();
        SseFrames.control(out, PLACE, cursor, upToDate, closed);
        return out.toString(UTF_8);
    }

    /// Parses as the HTML standard says; each event is its type and its data.
    private static List<String[]> parse(String text) {
        List<String[]> events = new ArrayList<>();
        String type = "";
        StringBuilder data = null;
        for (String line : text.split("\r\n|\r|\n", -1)) {
            if (line.isEmpty()) {
                if (data != null) {
                    events.add(new String[] {type, data.toString()});
                }
                type = "";
                data = null;
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("event")) {
                type = value;
            } else if (field.equals("data")) {
                data = data == null ? new StringBuilder() : data.append('\n');
                data.append(value);
            }
        }
        return events;
    }
}
