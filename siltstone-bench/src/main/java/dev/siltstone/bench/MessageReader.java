package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/// Takes the content of a stream apart into messages, however the pieces fall.
final class MessageReader {
    /// Gets each message.
    interface Receiver {
        void message(int lane, long number, long due);

        /// Here is something that no lane wrote; the rest of the content is not looked at.
        void foreign(String what);
    }

    private static final int SHOWN_MAX = 60;

    private final MessageForm form;
    private final Receiver receiver;
    private final byte[] message;
    private int filled;
    private boolean lost;

    MessageReader(MessageForm form, Receiver receiver) {
        this.form = form;
        this.receiver = receiver;
        this.message = new byte[form.bytes()];
    }

    /// Reads `part` to its end.
    void read(ByteBuffer part) {
        while (part.hasRemaining() && !lost) {
            if (filled == 0 && form.kind() == ContentKind.JSON && isBetween(part)) {
                continue;
            }
            int count = Math.min(part.remaining(), message.length - filled);
            part.get(message, filled, count);
            filled += count;
            if (filled == message.length) {
                complete();
            }
        }
        part.position(part.limit());
    }

    /// What parts the messages of a JSON array is dropped: its brackets fall anew with each answer.
    private static boolean isBetween(ByteBuffer part) {
        byte next = part.get(part.position());
        if (next != '[' && next != ']' && next != ',' && next > ' ') {
            return false;
        }
        part.get();
        return true;
    }

    private void complete() {
        filled = 0;
        if (form.fits(message)) {
            receiver.message(form.lane(message), form.number(message), form.due(message));
        } else {
            lost = true;
            String shown = new String(message, 0, Math.min(SHOWN_MAX, message.length), ISO_8859_1);
            receiver.foreign("no message of this run: '" + shown + "'");
        }
    }

    /// Returns the bytes of a message whose rest has not come.
    int unfinished() {
        return filled;
    }

    /// Forgets a message whose rest will not come: its reader begins anew where it began.
    void reset() {
        filled = 0;
    }
}
