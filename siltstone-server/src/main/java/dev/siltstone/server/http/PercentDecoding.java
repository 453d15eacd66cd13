package dev.siltstone.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Strict percent-decoding (RFC 3986, section 2.1): what does not decode to UTF-8 is refused, never
/// replaced.
final class PercentDecoding {
    private PercentDecoding() {}

    /// Decodes a part of a path.
    static String path(String raw) throws BadRequestException {
        return decode(raw, false);
    }

    /// Decodes a name or value of a query, where browsers write a space as `+`.
    static String query(String raw) throws BadRequestException {
        return decode(raw, true);
    }

    private static String decode(String raw, boolean plusIsSpace) throws BadRequestException {
        return isDecoded(raw, plusIsSpace) ? raw : decodeOctets(raw, plusIsSpace);
    }

    /// Says whether nothing in `raw` is encoded, or wrong.
    private static boolean isDecoded(String raw, boolean plusIsSpace) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c > 0x7e || c <= 0x20 || c == '%' || c == '#' || (plusIsSpace && c == '+')) {
                return false;
            }
        }
        return true;
    }

    private static String decodeOctets(String raw, boolean plusIsSpace) throws BadRequestException {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = octet(raw, i + 1);
                i += 2;
            } else if (c > 0x7e || c <= 0x20 || c == '#') {
                throw new BadRequestException(
                        "bad_encoding",
                        "the request target has a character that must be percent-encoded, at "
                                + i
                                + " of '"
                                + printable(raw)
                                + "'");
            } else {
                bytes[length++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException(
                    "bad_encoding",
                    "'" + printable(raw) + "' does not decode to UTF-8: percent-encode UTF-8");
        }
    }

    private static byte octet(String raw, int at) throws BadRequestException {
        int high = at < raw.length() ? Character.digit(raw.charAt(at), 16) : -1;
        int low = at + 1 < raw.length() ? Character.digit(raw.charAt(at + 1), 16) : -1;
        if (high < 0 || low < 0) {
            throw new BadRequestException(
                    "bad_encoding",
                    "'%' must be followed by two hexadecimal digits, at "
                            + (at - 1)
                            + " of '"
                            + printable(raw)
                            + "'");
        }
        return (byte) (high << 4 | low);
    }

    private static String printable(String raw) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(raw.length(), 80); i++) {
            char c = raw.charAt(i);
            text.append(c > 0x20 && c < 0x7f ? c : '?');
        }
        return text.toString();
    }
}
