package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// What a message looks like: always as long, and telling who wrote it, as which, and when it was due.
///
/// | offset      | bytes | field | meaning                                             |
/// |------------:|------:|-------|-----------------------------------------------------|
/// | head        |     6 | lane  | decimal digits                                      |
/// | head + 7    |    10 | number| of the lane's message, from 0, decimal digits       |
/// | head + 18   |    19 | due   | nanoseconds of this process's clock, decimal digits |
/// | head + 37   |     n | fill  | `x`; never a line end                               |
///
/// Fields are parted by `-`. JSON wraps this as `{"id":"lane-number-due","fill":"xxx"}`; otherwise head is
/// 0 and the fill begins with a `-`.
final class MessageForm {
    static final int LANES_MAX = 1_000_000;
    private static final int LANE_DIGITS = 6;
    private static final int NUMBER_DIGITS = 10;
    private static final int DUE_DIGITS = 19;
    private static final String FIELDS =
            "0".repeat(LANE_DIGITS)
                    + "-"
                    + "0".repeat(NUMBER_DIGITS)
                    + "-"
                    + "0".repeat(DUE_DIGITS);
    private static final int DECIMAL = 10;

    private final ContentKind kind;
    private final byte[] template;
    private final int head;

    /// @param bytes of a message; at least [#bytesMin]
    MessageForm(ContentKind kind, int bytes) {
        if (bytes < bytesMin(kind)) {
            throw new IllegalArgumentException(
                    "messages of "
                            + bytes
                            + " bytes are too small: "
                            + bytesMin(kind)
                            + " at least");
        }
        String before = kind == ContentKind.JSON ? "{\"id\":\"" : "";
        String between = kind == ContentKind.JSON ? "\",\"fill\":\"" : "-";
        String after = kind == ContentKind.JSON ? "\"}" : "";
        int fill = bytes - (before + FIELDS + between + after).length();
        this.kind = kind;
        this.head = before.length();
        this.template = (before + FIELDS + between + "x".repeat(fill) + after).getBytes(US_ASCII);
    }

    /// Returns the least size of a message, in bytes.
    static int bytesMin(ContentKind kind) {
        return FIELDS.length()
                + (kind == ContentKind.JSON ? "{\"id\":\"\",\"fill\":\"\"}".length() : 1);
    }

    ContentKind kind() {
        return kind;
    }

    int bytes() {
        return template.length;
    }

    /// Returns a message.
    byte[] message(int lane, long number, long due) {
        byte[] message = template.clone();
        write(message, 0, lane, number, due);
        return message;
    }

    /// Returns a body of `count` messages of one lane, numbered from `number`.
    byte[] body(int count, int lane, long number, long due) {
        boolean json = kind == ContentKind.JSON;
        int step = template.length + (json ? 1 : 0);
        byte[] body = new byte[count * step + (json ? 1 : 0)];
        for (int i = 0; i < count; i++) {
            int at = i * step + (json ? 1 : 0);
            if (json) {
                body[at - 1] = (byte) (i == 0 ? '[' : ',');
            }
            System.arraycopy(template, 0, body, at, template.length);
            write(body, at, lane, number + i, due);
        }
        if (json) {
            body[body.length - 1] = ']';
        }
        return body;
    }

    private void write(byte[] message, int at, int lane, long number, long due) {
        int place = at + head;
        digits(message, place, LANE_DIGITS, lane);
        digits(message, place + LANE_DIGITS + 1, NUMBER_DIGITS, number);
        digits(message, place + LANE_DIGITS + NUMBER_DIGITS + 2, DUE_DIGITS, due);
    }

    private static void digits(byte[] target, int at, int count, long value) {
        long left = value;
        for (int i = at + count - 1; i >= at; i--) {
            target[i] = (byte) ('0' + left % DECIMAL);
            left /= DECIMAL;
        }
    }

    /// Says whether `message` has this form, whatever its numbers are.
    boolean fits(byte[] message) {
        int end = head + FIELDS.length();
        int number = head + LANE_DIGITS + 1;
        int due = number + NUMBER_DIGITS + 1;
        return Arrays.equals(message, 0, head, template, 0, head)
                && message[number - 1] == template[number - 1]
                && message[due - 1] == template[due - 1]
                && Arrays.equals(message, end, message.length, template, end, template.length)
                && lane(message) >= 0
                && number(message) >= 0
                && due(message) >= 0;
    }

    /// @return negative if those are no digits
    int lane(byte[] message) {
        return (int) number(message, head, LANE_DIGITS);
    }

    /// @return negative if those are no digits
    long number(byte[] message) {
        return number(message, head + LANE_DIGITS + 1, NUMBER_DIGITS);
    }

    /// @return negative if those are no digits
    long due(byte[] message) {
        return number(message, head + LANE_DIGITS + NUMBER_DIGITS + 2, DUE_DIGITS);
    }

    private static long number(byte[] message, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            int digit = message[i] - '0';
            if (digit < 0 || digit >= DECIMAL) {
                return -1;
            }
            value = value * DECIMAL + digit;
        }
        return value;
    }
}
