package dev.siltstone.stream;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/// Takes a JSON text apart into messages without changing a byte of them. A [JsonScanner] goes over the text
/// once; only what it does not take is given to a parser, which may take it, or tells what is wrong and where.
/// UTF-8 is checked before that, since the parser lets overlong forms pass.
///
/// Thread-safe.
final class JsonMessages {
    /// Deeper nesting is refused.
    static final int DEPTH_MAX = 500;

    /// Characters decoded at a time while UTF-8 is checked.
    private static final int DECODED_CHARS = 1024;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH_MAX)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final byte[] text;
    private final int from;
    private final int to;
    private final byte[] messages;
    private int messagesLength;
    private int[] lengths = new int[1];
    private int count;

    private JsonMessages(byte[] text, int from, int to) {
        this.text = text;
        this.from = from;
        this.to = to;
        // Each message trades a separator or bracket for its comma; a lone value gains one.
        this.messages = new byte[to - from + 1];
    }

    static Payload flatten(ByteBuffer json) throws InvalidJsonException {
        int from = json.arrayOffset() + json.position();
        int to = json.arrayOffset() + json.limit();
        var scanned = new JsonMessages(json.array(), from, to);
        return new JsonScanner(json.array(), from, to).scan(scanned::add)
                ? scanned.payload()
                : parse(json);
    }

    /// The same by way of the parser alone.
    static Payload parse(ByteBuffer json) throws InvalidJsonException {
        int from = json.arrayOffset() + json.position();
        int to = json.arrayOffset() + json.limit();
        checkUtf8(json.duplicate());
        var flattening = new JsonMessages(json.array(), from, to);
        try (JsonParser parser =
                FACTORY.createParser(ObjectReadContext.empty(), json.array(), from, to - from)) {
            flattening.parse(parser);
        } catch (StreamReadException e) {
            throw new InvalidJsonException(
                    "the body is not valid JSON: "
                            + e.getOriginalMessage()
                            + " (at byte "
                            + Math.max(0, e.getLocation().getByteOffset())
                            + ")");
        } catch (JacksonException e) {
            throw new InvalidJsonException("the body is not valid JSON: " + e.getOriginalMessage());
        }
        return flattening.payload();
    }

    private void parse(JsonParser parser) throws InvalidJsonException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new InvalidJsonException("the body is not valid JSON: it holds no value");
        }
        int start = start(parser);
        if (first != JsonToken.START_ARRAY) {
            skipValue(parser, first);
            if (parser.nextToken() != null) {
                throw new InvalidJsonException(
                        "the body is not valid JSON: more follows the first value, at byte "
                                + (start(parser) - from)
                                + "; put several messages into an array");
            }
            add(start, trimmed(start, to));
            return;
        }
        elements(parser);
        if (parser.nextToken() != null) {
            throw new InvalidJsonException(
                    "the body is not valid JSON: more follows the array, at byte "
                            + (start(parser) - from));
        }
    }

    private void elements(JsonParser parser) {
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            int start = start(parser);
            skipValue(parser, token);
            token = parser.nextToken();
            int end = trimmed(start, start(parser));
            if (token != JsonToken.END_ARRAY) {
                end = trimmed(start, end - 1); // the comma before the next element
            }
            add(start, end);
        }
    }

    private static void skipValue(JsonParser parser, JsonToken token) {
        if (token.isStructStart()) {
            parser.skipChildren();
        }
    }

    private int start(JsonParser parser) {
        return from + (int) parser.currentTokenLocation().getByteOffset();
    }

    private int trimmed(int start, int end) {
        int last = end;
        while (last > start && isWhitespace(text[last - 1])) {
            last--;
        }
        return last;
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private void add(int start, int end) {
        int length = end - start;
        System.arraycopy(text, start, messages, messagesLength, length);
        messages[messagesLength + length] = ',';
        messagesLength += length + 1;
        if (count == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        lengths[count++] = length + 1;
    }

    private Payload payload() {
        return new Payload(
                ByteBuffer.wrap(messages, 0, messagesLength),
                count == lengths.length ? lengths : Arrays.copyOf(lengths, count));
    }

    private static void checkUtf8(ByteBuffer bytes) throws InvalidJsonException {
        int start = bytes.position();
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer decoded = CharBuffer.allocate(DECODED_CHARS);
        CoderResult result;
        do {
            result = decoder.decode(bytes, decoded.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw new InvalidJsonException(
                    "the body is not valid UTF-8, at byte " + (bytes.position() - start));
        }
    }
}
