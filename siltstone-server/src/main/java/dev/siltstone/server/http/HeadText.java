package dev.siltstone.server.http;

import dev.siltstone.stream.Offset;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The head of an answer as text, while it is put together. Characters above 255 become question marks, as
/// there is no way to send them.
///
/// Not thread-safe; owned by an event loop, for one answer at a time.
final class HeadText {
    private static final int BYTES_MIN = 1024;
    private static final int OFFSET_DIGITS = 16;

    private byte[] bytes = new byte[BYTES_MIN];
    private int length;

    /// Begins anew.
    HeadText clear() {
        length = 0;
        return this;
    }

    int length() {
        return length;
    }

    void copyTo(ByteBuf out) {
        copyTo(out, 0);
    }

    /// Leaves out what comes before `start`.
    void copyTo(ByteBuf out, int start) {
        out.writeBytes(bytes, start, length - start);
    }

    void copyTo(ByteBuffer out) {
        out.put(bytes, 0, length);
    }

    HeadText add(AsciiString text) {
        return add(text.array(), text.arrayOffset(), text.length());
    }

    HeadText add(byte[] text) {
        return add(text, 0, text.length);
    }

    private HeadText add(byte[] text, int start, int count) {
        room(count);
        System.arraycopy(text, start, bytes, length, count);
        length += count;
        return this;
    }

    HeadText add(CharSequence text) {
        int count = text.length();
        room(count);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            bytes[length + i] = c > 0xFF ? (byte) '?' : (byte) c;
        }
        length += count;
        return this;
    }

    /// Adds what [Offset#toString] returns.
    HeadText add(Offset offset) {
        room(2 * OFFSET_DIGITS + 1);
        digits(offset.lineage());
        bytes[length++] = '_';
        digits(offset.wireByte());
        return this;
    }

    private void digits(long number) {
        long rest = number;
        for (int i = length + OFFSET_DIGITS - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += OFFSET_DIGITS;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
