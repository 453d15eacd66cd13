package dev.siltstone.server.http;

import dev.siltstone.stream.Offset;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The few header fields of one answer, in the order in which they were set.
///
/// Not thread-safe.
final class ReplyHeaders {
    private static final byte[] COLON = ": ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_LINE = "\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELDS_MIN = 5;

    /// Names and values in turn.
    private Object[] fields = new Object[2 * FIELDS_MIN];

    private int length;

    /// Sets a field; one of that name is replaced.
    ///
    /// @param value sent as its text
    /// @throws IllegalArgumentException if the text has control characters: it would end the line
    void set(AsciiString name, Object value) {
        if (!(value instanceof AsciiString || value instanceof Number || value instanceof Offset)) {
            check(name, value.toString());
        }
        int at = find(name);
        if (at == length) {
            if (length == fields.length) {
                fields = Arrays.copyOf(fields, 2 * length);
            }
            length += 2;
        }
        fields[at] = name;
        fields[at + 1] = value;
    }

    private static void check(AsciiString name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw new IllegalArgumentException(
                        "the value of " + name + " has a control character at " + i);
            }
        }
    }

    private int find(CharSequence name) {
        for (int i = 0; i < length; i += 2) {
            if (AsciiString.contentEqualsIgnoreCase((AsciiString) fields[i], name)) {
                return i;
            }
        }
        return length;
    }

    @Nullable String get(CharSequence name) {
        int at = find(name);
        return at == length ? null : fields[at + 1].toString();
    }

    boolean contains(CharSequence name) {
        return find(name) < length;
    }

    /// Adds the lines of HTTP/1.1.
    void addTo(HeadText text) {
        for (int i = 0; i < length; i += 2) {
            text.add((AsciiString) fields[i]).add(COLON);
            switch (fields[i + 1]) {
                case AsciiString constant -> text.add(constant);
                case Offset offset -> text.add(offset);
                case Object other -> text.add(other.toString());
            }
            text.add(END_OF_LINE);
        }
    }

    /// Returns the same for a codec.
    HttpHeaders forCodec() {
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withNameValidation(false).newHeaders();
        for (int i = 0; i < length; i += 2) {
            headers.set((AsciiString) fields[i], fields[i + 1]);
        }
        return headers;
    }
}
