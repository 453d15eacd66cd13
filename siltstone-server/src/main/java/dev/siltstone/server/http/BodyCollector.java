package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Collects the body of one request. Takes memory, and its share of the budget, only as bytes arrive: a
/// promise of many bytes costs nothing.
///
/// Not thread-safe; owned by an event loop until [#release()].
final class BodyCollector {
    private static final byte[] NOTHING = {};
    private static final int FIRST_BYTES_MAX = 64 << 10;

    private final Budget budget;
    private final int bytesMax;
    private final long announced;
    private byte[] bytes = NOTHING;
    private int start;
    private int length;

    /// @param announced what the client said will come, or -1
    BodyCollector(Budget budget, int bytesMax, long announced) {
        this.budget = budget;
        this.bytesMax = bytesMax;
        this.announced = announced;
    }

    enum Added {
        TAKEN,
        TOO_LARGE,
        NO_BUDGET
    }

    /// Takes the readable bytes of `part`, unless that is too much; does not release it.
    Added add(ByteBuf part) {
        int more = part.readableBytes();
        if (more > bytesMax - length) {
            return Added.TOO_LARGE;
        }
        if (!budget.take(more)) {
            return Added.NO_BUDGET;
        }
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, capacityFor(length + more));
        }
        part.readBytes(bytes, length, more);
        length += more;
        return Added.TAKEN;
    }

    /// Takes a body that is there whole and belongs to nobody else, if nothing was added yet: what follows
    /// `from` in `all`. Not copied.
    Added adopt(byte[] all, int from) {
        int more = all.length - from;
        if (more > bytesMax) {
            return Added.TOO_LARGE;
        }
        if (!budget.take(more)) {
            return Added.NO_BUDGET;
        }
        bytes = all;
        start = from;
        length = more;
        return Added.TAKEN;
    }

    /// Returns what was collected; not copied.
    ByteBuffer content() {
        return ByteBuffer.wrap(bytes, start, length);
    }

    /// Gives the budget back. The content must not be used any more.
    void release() {
        budget.give(length);
        start = 0;
        length = 0;
        bytes = NOTHING;
    }

    private int capacityFor(int needed) {
        long doubled = Math.max(needed, Math.min(2L * bytes.length, bytesMax));
        if (announced < 0) {
            return (int) doubled;
        }
        return (int) Math.max(needed, Math.min(announced, Math.max(doubled, FIRST_BYTES_MAX)));
    }
}
