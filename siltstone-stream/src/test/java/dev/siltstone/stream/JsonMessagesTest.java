package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMessagesTest {
    @Test
    void keepsALoneValueAsOneMessage() throws Exception {
        assertThat(messages("{\"a\": 1}")).containsExactly("{\"a\": 1}");
        assertThat(messages(" \n\"text\"\t ")).containsExactly("\"text\"");
        assertThat(messages("12345678901234567890")).containsExactly("12345678901234567890");
        assertThat(messages(" 1.0 ")).containsExactly("1.0");
        assertThat(messages("null")).containsExactly("null");
    }

    @Test
    void flattensOneLevelOfAnArray() throws Exception {
        assertThat(messages("[[1,2], [3,4]]")).containsExactly("[1,2]", "[3,4]");
        assertThat(messages("[[[1,2,3]]]")).containsExactly("[[1,2,3]]");
        assertThat(messages("[]")).isEmpty();
        assertThat(messages("[ ]")).isEmpty();
        assertThat(messages("[ 1 , \"a,]\" ,{ } , [ ] ,true,null,-0.50e+7 ]"))
                .containsExactly("1", "\"a,]\"", "{ }", "[ ]", "true", "null", "-0.50e+7");
    }

    @Test
    void keepsEveryByteOfAValue() throws Exception {
        String value =
                "{ \"k\" : [ 1.0 , 1e400,\"\\u00e9é\\ud800 \\\" , ]\" ],\n\t\"n\":12345678901234567890 }";

        assertThat(messages("[" + value + " ,\r\n" + value + "]")).containsExactly(value, value);
    }

    @Test
    void tellsTheLengthOfEachMessageWithItsComma() throws Exception {
        Payload payload = Payload.ofJson(utf8("[1, 22 ,\"é\"]"));

        assertThat(payload.messageLengths()).containsExactly(2, 3, 5);
        assertThat(UTF_8.decode(payload.bytes().duplicate()).toString()).isEqualTo("1,22,\"é\",");
    }

    @Test
    void readsAPartOfABuffer() throws Exception {
        ByteBuffer part = utf8("xx[1,2]yy").position(2).limit(7).slice();

        assertThat(Payload.ofJson(part).messageLengths()).containsExactly(2, 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "[1,]",
                "[,1]",
                "{\"a\":}",
                "01",
                "1.",
                "+1",
                "NaN",
                "Infinity",
                "'a'",
                "[1] 2",
                "1 2",
                "{} {}",
                "[1]]",
                "tru",
                "nulll",
                "\"\t\"",
                "\"\\x\"",
                "// c\n1",
                "\uFEFF1",
                "{a:1}",
                "[1 2]"
            })
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> Payload.ofJson(utf8(text)))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageStartingWith("the body is not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\u00C0\u0080\"", // overlong
                "\"\u00ED\u00A0\u0080\"", // surrogate
                "\"\u00FF\"",
                "\"\u00C3",
                "\"\u00F5\u0080\u0080\u0080\"" // past the last code point
            })
    void refusesWhatIsNoUtf8(String latin1) {
        assertThatThrownBy(() -> Payload.ofJson(ByteBuffer.wrap(latin1.getBytes(ISO_8859_1))))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
    void refusesOtherEncodings(String charset) {
        byte[] bytes = "[1,2]".getBytes(java.nio.charset.Charset.forName(charset));

        assertThatThrownBy(() -> Payload.ofJson(ByteBuffer.wrap(bytes)))
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void refusesDeepNestingAndNothingElse() throws Exception {
        int max = JsonMessages.DEPTH_MAX;
        assertThat(messages("[".repeat(max) + "]".repeat(max))).hasSize(1);
        assertThatThrownBy(() -> Payload.ofJson(utf8("[".repeat(max + 1) + "]".repeat(max + 1))))
                .isInstanceOf(InvalidJsonException.class);
        String longNumber = "1".repeat(100_000);
        assertThat(messages("[" + longNumber + "]")).containsExactly(longNumber);
        String longName = "{\"" + "n".repeat(100_000) + "\":1}";
        assertThat(messages(longName)).containsExactly(longName);
    }

    @Test
    void givesBackWhatRandomTextsWerePutTogetherFrom() throws Exception {
        for (long seed = 0; seed < 500; seed++) {
            var random = new SplittableRandom(seed);
            List<String> values = new ArrayList<>();
            StringBuilder text = new StringBuilder(space(random)).append('[');
            int count = random.nextInt(6);
            for (int i = 0; i < count; i++) {
                String value = value(random, 3);
                values.add(value);
                text.append(i == 0 ? "" : ",").append(space(random)).append(value);
                text.append(space(random));
            }
            text.append(']').append(space(random));

            assertThat(messages(text.toString())).as("seed %d: %s", seed, text).isEqualTo(values);
        }
    }

    /// A text that was put together, with some bytes of it changed, or cut off.
    @Test
    void takesWhatTheParserTakesToTheSame() throws Exception {
        int taken = 0;
        for (long seed = 0; seed < 4000; seed++) {
            var random = new SplittableRandom(seed);
            byte[] text = (space(random) + value(random, 4) + space(random)).getBytes(UTF_8);
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                text[random.nextInt(text.length)] = MUTATIONS[random.nextInt(MUTATIONS.length)];
            }
            int length = text.length - (random.nextInt(4) == 0 ? random.nextInt(text.length) : 0);
            ByteBuffer json = ByteBuffer.wrap(text, 0, length);
            Payload expected = outcome(() -> JsonMessages.parse(json.duplicate()));
            Payload scanned = outcome(() -> JsonMessages.flatten(json.duplicate()));

            assertThat(scanned != null).as("seed %d", seed).isEqualTo(expected != null);
            if (scanned != null && expected != null) {
                taken++;
                assertThat(scanned.bytes()).as("seed %d", seed).isEqualTo(expected.bytes());
                assertThat(scanned.messageLengths())
                        .as("seed %d", seed)
                        .isEqualTo(expected.messageLengths());
            }
        }
        assertThat(taken).isBetween(1000, 3900);
    }

    private static final byte[] MUTATIONS =
            " \t\n\u0001\u007f\"\\/,:[]{}-+.0159eEunt\u00c0\u00c3\u00e0\u00ed\u00f0\u00f4\u0080\u00a9\u00bf\u00ff"
                    .getBytes(ISO_8859_1);

    private interface Flattening {
        Payload payload() throws InvalidJsonException;
    }

    private static @Nullable Payload outcome(Flattening flattening) {
        try {
            return flattening.payload();
        } catch (InvalidJsonException e) {
            return null;
        }
    }

    private static String value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> "-1.50E-3";
            case 1 -> "\"\\\"],{é\\u0000\"";
            case 2 -> "true";
            case 3 -> "null";
            case 4 -> Long.toString(random.nextLong());
            case 5 ->
                    "["
                            + space(random)
                            + value(random, depth - 1)
                            + ","
                            + value(random, depth - 1)
                            + "]";
            default ->
                    "{\"k\"" + space(random) + ":" + value(random, depth - 1) + space(random) + "}";
        };
    }

    private static String space(SplittableRandom random) {
        return List.of("", "", " ", "\n", "\r\n\t ").get(random.nextInt(5));
    }

    private static List<String> messages(String text) throws InvalidJsonException {
        Payload payload = Payload.ofJson(utf8(text));
        List<String> messages = new ArrayList<>();
        ByteBuffer bytes = payload.bytes().duplicate();
        for (int length : payload.messageLengths()) {
            byte[] message = new byte[length - 1];
            bytes.get(message);
            assertThat(bytes.get()).isEqualTo((byte) ',');
            messages.add(new String(message, UTF_8));
        }
        assertThat(bytes.hasRemaining()).isFalse();
        return messages;
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
