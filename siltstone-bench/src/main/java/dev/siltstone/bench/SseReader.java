package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Takes an event stream apart: the bytes of `data` events, and the text of `control` events.
///
/// @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
final class SseReader {
    /// Gets what the events hold.
    interface Receiver {
        /// A line of a data event.
        void data(ByteBuffer line);

        void control(String json);
    }

    private static final int LINE_BYTES = 4 << 10;
    private static final int LINE_BYTES_MAX = 64 << 20;
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't', ':'};
    private static final byte[] CONTROL = {'c', 'o', 'n', 't', 'r', 'o', 'l'};

    private final Receiver receiver;
    private byte[] line = new byte[LINE_BYTES];
    private int length;
    private boolean control;

    SseReader(Receiver receiver) {
        this.receiver = receiver;
    }

    /// Reads `part` to its end.
    void read(ByteBuffer part) {
        while (part.hasRemaining()) {
            byte next = part.get();
            if (next == '\n') {
                take();
                length = 0;
            } else {
                add(next);
            }
        }
    }

    private void add(byte next) {
        if (length == line.length) {
            if (length >= LINE_BYTES_MAX) {
                throw new IllegalStateException(
                        "a line of an event has more than " + LINE_BYTES_MAX + " bytes");
            }
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = next;
    }

    private void take() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (starts(EVENT, end)) {
            int from = valueAt(EVENT, end);
            control = Arrays.equals(line, from, end, CONTROL, 0, CONTROL.length);
        } else if (starts(DATA, end)) {
            int from = valueAt(DATA, end);
            if (control) {
                receiver.control(new String(line, from, end - from, UTF_8));
            } else {
                receiver.data(ByteBuffer.wrap(line, from, end - from));
            }
        } else if (end == 0) {
            control = false;
        }
    }

    private boolean starts(byte[] name, int end) {
        return end >= name.length && Arrays.equals(line, 0, name.length, name, 0, name.length);
    }

    /// One space after the colon is no part of the value.
    private int valueAt(byte[] name, int end) {
        return end > name.length && line[name.length] == ' ' ? name.length + 1 : name.length;
    }

    /// A new event stream begins.
    void reset() {
        length = 0;
        control = false;
    }
}
