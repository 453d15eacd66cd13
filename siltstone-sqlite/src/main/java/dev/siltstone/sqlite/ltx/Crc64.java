package dev.siltstone.sqlite.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// CRC-64/GO-ISO: polynomial x^64 + x^4 + x^3 + x + 1, reflected, starting from and ended with all ones.
///
/// Works on *states*: a CRC begins with [#START], is fed with `update`, and [#value] ends it. A CRC is linear:
/// the state after bytes A and then B is `shift(state after A, length of B) ^ (state after B, begun with 0)`.
/// So a page's bytes are walked over once, from 0, and enter all the CRCs that cover them.
///
/// Thread-safe: nothing is kept.
final class Crc64 {
    static final long START = -1L;

    private static final long POLYNOMIAL = 0xD800000000000000L;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[] BYTES = byteTable();

    /// `SHIFTS[k][i]`: what a state with bit i alone becomes after 2^k zero bytes.
    private static final long[][] SHIFTS = shifts();

    private Crc64() {}

    /// Ends a CRC.
    static long value(long state) {
        return ~state;
    }

    static long update(long state, byte[] bytes, int from, int length) {
        long s = state;
        int at = from;
        int end = from + length;
        for (; at + 8 <= end; at += 8) {
            s = eight(s ^ word(bytes, at));
        }
        for (; at < end; at++) {
            s = one(s, bytes[at]);
        }
        return s;
    }

    /// Adds bytes of a buffer, whatever its position and limit are.
    static long update(long state, ByteBuffer bytes, int from, int length) {
        if (bytes.hasArray()) {
            return update(state, bytes.array(), bytes.arrayOffset() + from, length);
        }
        ByteBuffer words = bytes.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        long s = state;
        int at = from;
        int end = from + length;
        for (; at + 8 <= end; at += 8) {
            s = eight(s ^ words.getLong(at));
        }
        for (; at < end; at++) {
            s = one(s, words.get(at));
        }
        return s;
    }

    /// Adds the lowest `bytes` bytes of a value, highest of them first.
    static long updateBigEndian(long state, long value, int bytes) {
        long s = state;
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            s = one(s, (byte) (value >>> shift));
        }
        return s;
    }

    /// Returns what a state becomes after `bytes` zero bytes.
    static long shift(long state, long bytes) {
        long s = state;
        long rest = bytes;
        for (int k = 0; rest != 0; k++, rest >>>= 1) {
            if ((rest & 1) != 0) {
                s = apply(SHIFTS[k], s);
            }
        }
        return s;
    }

    /// Returns 8 bytes of an array as a little-endian number.
    static long word(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    private static long one(long s, byte b) {
        return BYTES[(int) (s ^ b) & 0xFF] ^ s >>> 8;
    }

    /// Returns what a state becomes after 8 zero bytes: the state times x^64, which is the state times
    /// x^4 + x^3 + x + 1. Bit 63 stands for 1 and bit 0 for x^63, so times x is a shift to the right; what
    /// falls out there (times x^64 again) is at most 4 bits, and goes in once more from the left. The sum is
    /// (x + 1)(x^3 + 1), so two shifts do for three. No table is as fast.
    static long eight(long s) {
        long all = s ^ s << 63 ^ s << 61 ^ s << 60;
        long some = all ^ all >>> 1;
        return some ^ some >>> 3;
    }

    private static long[] byteTable() {
        long[] table = new long[256];
        for (int b = 0; b < 256; b++) {
            long s = b;
            for (int bit = 0; bit < 8; bit++) {
                s = (s & 1) != 0 ? s >>> 1 ^ POLYNOMIAL : s >>> 1;
            }
            table[b] = s;
        }
        return table;
    }

    private static long[][] shifts() {
        long[][] shifts = new long[Long.SIZE - 1][Long.SIZE];
        for (int bit = 0; bit < Long.SIZE; bit++) {
            shifts[0][bit] = one(1L << bit, (byte) 0);
        }
        for (int k = 1; k < shifts.length; k++) {
            for (int bit = 0; bit < Long.SIZE; bit++) {
                shifts[k][bit] = apply(shifts[k - 1], shifts[k - 1][bit]);
            }
        }
        return shifts;
    }

    private static long apply(long[] columns, long vector) {
        long sum = 0;
        for (long rest = vector; rest != 0; rest &= rest - 1) {
            sum ^= columns[Long.numberOfTrailingZeros(rest)];
        }
        return sum;
    }
}
