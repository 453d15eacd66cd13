package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes plain requests apart: those that nearly every client sends nearly always. Whatever is not plain in
/// every respect is left alone, for the decoder that knows all of HTTP/1.1 and refuses what must be refused;
/// so nothing is ever refused here, and what is plain means the same there.
///
/// A request is plain if
///
/// - it lies whole in the bytes that have arrived, at most [#BYTES_MAX] with a head of [#HEAD_BYTES_MAX];
/// - its first line is `METHOD /path HTTP/1.1`, with single spaces, a method that streams know, and a target
///   of visible ASCII;
/// - every line ends in CR LF, and every field, at most [#FIELDS_MAX], is a token, a colon and a value of
///   visible ASCII and inner spaces that is not empty; none is folded;
/// - `Host` is there once, letters, digits, dots and hyphens with perhaps a port; `Content-Length` at most once, a
///   number of digits; `Connection` says nothing but `keep-alive`; `Transfer-Encoding`, `Expect` and `Upgrade` are
///   absent.
///
/// Not thread-safe; owned by an event loop.
final class PlainRequestParser {
    static final int BYTES_MAX = 64 << 10;
    static final int HEAD_BYTES_MAX = 4 << 10;
    static final int FIELDS_MAX = 32;

    private static final int LENGTH_DIGITS_MAX = 6;
    private static final int PORT_DIGITS_MAX = 5;
    private static final int NONE = -1;

    private static final byte[] VERSION = "HTTP/1.1\r\n".getBytes(US_ASCII);
    private static final byte[] HOST = "host".getBytes(US_ASCII);
    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(US_ASCII);
    private static final byte[] CONNECTION = "connection".getBytes(US_ASCII);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(US_ASCII);

    private static final byte[][] UNUSUAL = {
        "transfer-encoding".getBytes(US_ASCII),
        "expect".getBytes(US_ASCII),
        "upgrade".getBytes(US_ASCII)
    };

    private static final HttpMethod[] METHODS = {
        HttpMethod.POST, HttpMethod.GET, HttpMethod.PUT, HttpMethod.HEAD, HttpMethod.DELETE
    };
    private static final byte[][] METHOD_NAMES =
            Arrays.stream(METHODS)
                    .map(method -> (method.name() + " ").getBytes(US_ASCII))
                    .toArray(byte[][]::new);

    private static final boolean[] TOKEN = new boolean[128];

    static {
        String signs = "!#$%&'*+-.^_`|~";
        for (char c = 0; c < TOKEN.length; c++) {
            TOKEN[c] =
                    (c >= '0' && c <= '9')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= 'a' && c <= 'z')
                            || signs.indexOf(c) >= 0;
        }
    }

    private final byte[] bytes = new byte[BYTES_MAX];
    private final int[] places = new int[2 * FIELDS_MAX];
    private int headEnd;
    private int fields;
    private int hosts;
    private int bodyLength;

    /// Takes the request that `in` begins with, and moves `in` behind it.
    ///
    /// @return `null` if that is not whole or not plain; `in` is as it was
    @Nullable PlainRequest parse(ByteBuf in) {
        int length = Math.min(in.readableBytes(), BYTES_MAX);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        headEnd = Math.min(length, HEAD_BYTES_MAX);
        int method = method();
        if (method == NONE) {
            return null;
        }
        int uriStart = METHOD_NAMES[method].length;
        int uriEnd = uriEnd(uriStart);
        if (uriEnd == NONE || !startsWith(uriEnd + 1, VERSION)) {
            return null;
        }
        int bodyStart = fields(uriEnd + 1 + VERSION.length);
        if (bodyStart == NONE || hosts != 1) {
            return null;
        }
        int end = bodyStart + Math.max(bodyLength, 0);
        if (end > length) {
            return null;
        }
        in.skipBytes(end);
        byte[] own = Arrays.copyOf(bytes, end);
        return new PlainRequest(
                METHODS[method],
                new String(own, uriStart, uriEnd - uriStart, ISO_8859_1),
                new PlainFields(own, Arrays.copyOf(places, 2 * fields)),
                own,
                bodyStart);
    }

    private int method() {
        for (int i = 0; i < METHOD_NAMES.length; i++) {
            if (startsWith(0, METHOD_NAMES[i])) {
                return i;
            }
        }
        return NONE;
    }

    private boolean startsWith(int start, byte[] expected) {
        return start + expected.length <= headEnd
                && Arrays.equals(
                        bytes, start, start + expected.length, expected, 0, expected.length);
    }

    /// @return where the space after the target is
    private int uriEnd(int start) {
        if (start >= headEnd || bytes[start] != '/') {
            return NONE;
        }
        int at = start;
        while (at < headEnd && bytes[at] > ' ' && bytes[at] < 0x7f) {
            at++;
        }
        return at < headEnd && bytes[at] == ' ' ? at : NONE;
    }

    /// @return where the body begins
    private int fields(int start) {
        fields = 0;
        hosts = 0;
        bodyLength = NONE;
        int at = start;
        while (at != NONE && at + 1 < headEnd) {
            if (bytes[at] == '\r') {
                return bytes[at + 1] == '\n' ? at + 2 : NONE;
            }
            at = fields < FIELDS_MAX ? field(at) : NONE;
        }
        return NONE;
    }

    /// @return where the next line begins
    private int field(int start) {
        int nameEnd = start;
        while (nameEnd < headEnd && bytes[nameEnd] >= 0 && TOKEN[bytes[nameEnd]]) {
            nameEnd++;
        }
        if (nameEnd == start || nameEnd >= headEnd || bytes[nameEnd] != ':') {
            return NONE;
        }
        int valueStart = nameEnd + 1;
        while (valueStart < headEnd && bytes[valueStart] == ' ') {
            valueStart++;
        }
        int at = valueStart;
        while (at < headEnd && bytes[at] >= ' ' && bytes[at] < 0x7f) {
            at++;
        }
        if (at + 1 >= headEnd || bytes[at] != '\r' || bytes[at + 1] != '\n') {
            return NONE;
        }
        int valueEnd = at;
        while (valueEnd > valueStart && bytes[valueEnd - 1] == ' ') {
            valueEnd--;
        }
        if (valueEnd == valueStart || !isPlain(start, nameEnd, valueStart, valueEnd)) {
            return NONE;
        }
        places[2 * fields] = PlainFields.place(start, nameEnd);
        places[2 * fields + 1] = PlainFields.place(valueStart, valueEnd);
        fields++;
        return at + 2;
    }

    private boolean isPlain(int name, int nameEnd, int value, int valueEnd) {
        if (is(name, nameEnd, HOST)) {
            hosts++;
            return isHost(value, valueEnd);
        }
        if (is(name, nameEnd, CONTENT_LENGTH)) {
            return bodyLength == NONE && takeLength(value, valueEnd);
        }
        if (is(name, nameEnd, CONNECTION)) {
            return is(value, valueEnd, KEEP_ALIVE);
        }
        for (byte[] unusual : UNUSUAL) {
            if (is(name, nameEnd, unusual)) {
                return false;
            }
        }
        return true;
    }

    private boolean isHost(int start, int end) {
        int at = start;
        while (at < end && bytes[at] != ':' && isHostSign(bytes[at])) {
            at++;
        }
        if (at == start) {
            return false;
        }
        if (at == end) {
            return true;
        }
        int port = at + 1;
        int digits = end - port;
        boolean plain = bytes[at] == ':' && digits >= 1 && digits <= PORT_DIGITS_MAX;
        for (int i = port; i < end; i++) {
            plain &= bytes[i] >= '0' && bytes[i] <= '9';
        }
        return plain;
    }

    private static boolean isHostSign(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || b == '.'
                || b == '-';
    }

    private boolean takeLength(int start, int end) {
        if (end - start > LENGTH_DIGITS_MAX) {
            return false;
        }
        int length = 0;
        for (int i = start; i < end; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
            length = 10 * length + (bytes[i] - '0');
        }
        bodyLength = length;
        return true;
    }

    private boolean is(int start, int end, byte[] expected) {
        if (end - start != expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (PlainFields.lower(bytes[start + i]) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
