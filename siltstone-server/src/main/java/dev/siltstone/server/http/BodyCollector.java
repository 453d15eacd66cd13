package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Collects the body of one request. Takes memory only as bytes arrive. Its share of the budget is taken
/// before the first one, unless the body is long, so that what is let in can be completed and not all are refused
/// halfway; beyond that as bytes arrive: a promise of many bytes costs little.
///
/// Not thread-safe; owned by an event loop until [#release()].
final class BodyCollector {
    private static final byte[] NOTHING = {};
    private static final int FIRST_BYTES_MAX = 64 << 10;

    /// Longer bodies leave a part of the budget to shorter ones: few slow senders of much must not keep out
    /// the many who send little.
    private static final int SHORT_BYTES_MAX = 64 << 10;

    /// A body of up to one such part of the budget gets its share before it arrives: far more than a few idle
    /// connections are needed to use the budget up by promises.
    private static final int PARTS_HELD_AT_ONCE_MIN = 64;

    private final Budget budget;
    private final long reserve;
    private final int bytesMax;
    private final long announced;
    private byte[] bytes = NOTHING;
    private int start;
    private int length;
    private int held;

    /// @param reserve of the budget, which is for short bodies alone
    /// @param announced what the client said will come, or -1
    BodyCollector(Budget budget, long reserve, int bytesMax, long announced) {
        this.budget = budget;
        this.reserve = reserve;
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
        if (!hold(length + more)) {
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
        if (!hold(more)) {
            return Added.NO_BUDGET;
        }
        bytes = all;
        start = from;
        length = more;
        return Added.TAKEN;
    }

    /// Takes the share of what was announced, or the beginning of it.
    ///
    /// @return false if there is no room for all of it; nothing is held then
    boolean begin() {
        long expected = Math.max(announced, 0);
        long atOnce = Math.max(SHORT_BYTES_MAX, budget.max() / PARTS_HELD_AT_ONCE_MIN);
        return expected <= budget.left() - reserveBeside(expected)
                && hold((int) Math.min(expected, atOnce));
    }

    private boolean hold(int needed) {
        if (needed > held) {
            if (!budget.take(needed - held, reserveBeside(needed))) {
                return false;
            }
            held = needed;
        }
        return true;
    }

    private long reserveBeside(long needed) {
        return Math.max(needed, announced) > SHORT_BYTES_MAX ? reserve : 0;
    }

    /// Returns what was collected; not copied.
    ByteBuffer content() {
        return ByteBuffer.wrap(bytes, start, length);
    }

    /// Gives the budget back. The content must not be used any more.
    void release() {
        budget.give(held);
        held = 0;
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
