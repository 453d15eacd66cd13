package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What must hold of [Payload#ofJson] for any bytes: it takes exactly what the grammar of RFC 8259 allows,
/// up to its depth, and gives every value back byte for byte. The grammar is written down here once more.
public final class JsonFuzz {
    private final byte[] text;
    private final List<String> elements = new ArrayList<>();
    private int at;
    private boolean isTooDeep;

    private JsonFuzz(byte[] text) {
        this.text = text;
    }

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) {
        Payload payload = null;
        String refusal = null;
        try {
            payload = Payload.ofJson(ByteBuffer.wrap(input));
        } catch (InvalidJsonException e) {
            refusal = String.valueOf(e.getMessage());
        }
        var judge = new JsonFuzz(input);
        boolean valid = isUtf8(input) && judge.document() && !judge.isTooDeep;
        if (valid != (payload != null)) {
            throw new AssertionError(
                    valid ? "refused, but valid: " + refusal : "taken, but not valid");
        }
        if (payload != null) {
            judge.check(payload);
        }
    }

    private void check(Payload payload) {
        byte[] stored = new byte[payload.bytes().remaining()];
        payload.bytes().duplicate().get(stored);
        int from = 0;
        List<String> messages = new ArrayList<>();
        for (int length : payload.messageLengths()) {
            byte[] message = Arrays.copyOfRange(stored, from, from + length - 1);
            messages.add(new String(message, UTF_8));
            from += length;
            if (stored[from - 1] != ',') {
                throw new AssertionError("no comma after " + messages.getLast());
            }
        }
        if (from != stored.length || !messages.equals(elements)) {
            throw new AssertionError("stored " + messages + " instead of " + elements);
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    // --- the grammar ---

    private boolean document() {
        spaces();
        boolean array = is('[');
        int start = at;
        if (!value(1)) {
            return false;
        }
        if (!array) {
            add(start, at);
        }
        spaces();
        return at == text.length;
    }

    private void add(int start, int end) {
        elements.add(new String(text, start, end - start, UTF_8));
    }

    private boolean value(int depth) {
        if (is('[') || is('{')) {
            if (depth > JsonMessages.DEPTH_MAX) {
                isTooDeep = true;
                return false;
            }
            return is('[') ? array(depth) : object(depth);
        }
        return is('"') ? string() : word("true") || word("false") || word("null") || number();
    }

    private boolean array(int depth) {
        at++;
        spaces();
        if (take(']')) {
            return true;
        }
        do {
            spaces();
            int start = at;
            if (!value(depth + 1)) {
                return false;
            }
            if (depth == 1) {
                add(start, at);
            }
            spaces();
        } while (take(','));
        return take(']');
    }

    private boolean object(int depth) {
        at++;
        spaces();
        if (take('}')) {
            return true;
        }
        do {
            spaces();
            if (!is('"') || !string()) {
                return false;
            }
            spaces();
            if (!take(':')) {
                return false;
            }
            spaces();
            if (!value(depth + 1)) {
                return false;
            }
            spaces();
        } while (take(','));
        return take('}');
    }

    private boolean string() {
        at++;
        while (at < text.length && (text[at] < 0 || text[at] >= ' ')) {
            if (take('"')) {
                return true;
            }
            if (!take('\\')) {
                at++;
            } else if (take('u')) {
                for (int i = 0; i < 4; i++) {
                    if (!takeOneOf("0123456789abcdefABCDEF")) {
                        return false;
                    }
                }
            } else if (!takeOneOf("\"\\/bfnrt")) {
                return false;
            }
        }
        return false;
    }

    private boolean number() {
        take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (takeOneOf("eE")) {
            takeOneOf("+-");
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int start = at;
        while (takeOneOf("0123456789")) {
            // one more
        }
        return at > start;
    }

    private boolean word(String word) {
        byte[] expected = word.getBytes(UTF_8);
        int end = at + expected.length;
        if (end > text.length || !Arrays.equals(text, at, end, expected, 0, expected.length)) {
            return false;
        }
        at = end;
        return true;
    }

    private void spaces() {
        while (takeOneOf(" \t\r\n")) {
            // one more
        }
    }

    private boolean is(char c) {
        return at < text.length && text[at] == c;
    }

    private boolean take(char c) {
        boolean found = is(c);
        at += found ? 1 : 0;
        return found;
    }

    private boolean takeOneOf(String signs) {
        boolean found = at < text.length && text[at] > 0 && signs.indexOf(text[at]) >= 0;
        at += found ? 1 : 0;
        return found;
    }
}
