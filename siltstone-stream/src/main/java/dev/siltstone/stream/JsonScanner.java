package dev.siltstone.stream;

/// Goes over a JSON text once, without making anything of it, and tells where the messages lie. Says no to
/// whatever is not JSON, and also to what is nested deeper than [#DEPTH_MAX]: who is told no asks a parser,
/// which knows what was wrong.
///
/// Not thread-safe; made for one text.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>; for UTF-8 <a
///     href="https://www.rfc-editor.org/rfc/rfc3629#section-4">RFC 3629, section 4</a>
final class JsonScanner {
    /// One bit of a `long` for each level says what it is.
    static final int DEPTH_MAX = 64;

    /// Who is told.
    @FunctionalInterface
    interface Messages {
        /// A message lies from `start` up to, not including, `end`.
        void add(int start, int end);
    }

    private static final int HEX_DIGITS = 4;
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final byte[] text;
    private final int to;
    private int at;

    JsonScanner(byte[] text, int from, int to) {
        this.text = text;
        this.at = from;
        this.to = to;
    }

    /// Goes over the text: an array has one message per element, anything else is one.
    ///
    /// @return false if the text may be no JSON; some messages may have been told all the same
    boolean scan(Messages messages) {
        skipSpace();
        if (!take('[')) {
            int start = at;
            if (!value()) {
                return false;
            }
            messages.add(start, at);
        } else if (!elements(messages)) {
            return false;
        }
        skipSpace();
        return at == to;
    }

    private boolean elements(Messages messages) {
        skipSpace();
        if (take(']')) {
            return true;
        }
        do {
            skipSpace();
            int start = at;
            if (!value()) {
                return false;
            }
            messages.add(start, at);
            skipSpace();
        } while (take(','));
        return take(']');
    }

    /// Goes over one value and all that is in it.
    private boolean value() {
        long objects =
                0; // a bit for each level: whether it is an object, the innermost in the lowest
        int depth = 0;
        while (true) {
            boolean opened = false;
            if (at == to) {
                return false;
            }
            byte first = text[at];
            if (first == '{' || first == '[') {
                if (depth == DEPTH_MAX) {
                    return false;
                }
                at++;
                depth++;
                objects = objects << 1 | (first == '{' ? 1 : 0);
                opened = true;
            } else if (!scalar(first)) {
                return false;
            }
            while (true) {
                if (depth == 0) {
                    return true;
                }
                boolean inObject = (objects & 1) != 0;
                skipSpace();
                if (take(inObject ? '}' : ']')) {
                    depth--;
                    objects >>>= 1;
                    opened = false;
                    continue;
                }
                if (!opened && !take(',')) {
                    return false;
                }
                skipSpace();
                if (inObject && !name()) {
                    return false;
                }
                break;
            }
        }
    }

    private boolean name() {
        if (at == to || text[at] != '"' || !string()) {
            return false;
        }
        skipSpace();
        if (!take(':')) {
            return false;
        }
        skipSpace();
        return true;
    }

    private boolean scalar(byte first) {
        return switch (first) {
            case '"' -> string();
            case 't' -> literal(TRUE);
            case 'f' -> literal(FALSE);
            case 'n' -> literal(NULL);
            default -> number();
        };
    }

    private boolean literal(byte[] expected) {
        for (byte b : expected) {
            if (!take(b)) {
                return false;
            }
        }
        return true;
    }

    private boolean number() {
        boolean _ = take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (take('e') || take('E')) {
            boolean _ = take('+') || take('-');
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int start = at;
        while (at < to && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at > start;
    }

    private boolean string() {
        at++;
        while (at < to) {
            byte b = text[at];
            if (b == '"') {
                at++;
                return true;
            }
            if (b == '\\') {
                if (!escape()) {
                    return false;
                }
            } else if (b >= ' ') {
                at++;
            } else if (b >= 0 || !character()) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        at++;
        if (at == to) {
            return false;
        }
        byte kind = text[at++];
        return switch (kind) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
            case 'u' -> hexDigits();
            default -> false;
        };
    }

    private boolean hexDigits() {
        int end = at + HEX_DIGITS;
        while (at < end && at < to && Character.digit(text[at], 16) >= 0) {
            at++;
        }
        return at == end;
    }

    /// Goes over a character of more than one byte.
    private boolean character() {
        int first = text[at] & 0xFF;
        int low = 0x80;
        int high = 0xBF;
        int more;
        if (first >= 0xC2 && first <= 0xDF) {
            more = 1;
        } else if ((first & 0xF0) == 0xE0) {
            more = 2;
            low = first == 0xE0 ? 0xA0 : low;
            high = first == 0xED ? 0x9F : high;
        } else if (first >= 0xF0 && first <= 0xF4) {
            more = 3;
            low = first == 0xF0 ? 0x90 : low;
            high = first == 0xF4 ? 0x8F : high;
        } else {
            return false;
        }
        if (to - at <= more) {
            return false;
        }
        int second = text[at + 1] & 0xFF;
        boolean valid = second >= low && second <= high;
        for (int i = 2; i <= more; i++) {
            valid &= (text[at + i] & 0xC0) == 0x80;
        }
        at += more + 1;
        return valid;
    }

    private boolean take(int expected) {
        if (at < to && text[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < to && isSpace(text[at])) {
            at++;
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
