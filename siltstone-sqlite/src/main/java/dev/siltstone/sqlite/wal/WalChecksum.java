package dev.siltstone.sqlite.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The running checksum of a WAL: two 32-bit sums over pairs of words. It finds every single flipped bit,
/// and many others; it is not a CRC.
///
/// Not thread-safe.
final class WalChecksum {
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private int sum1;
    private int sum2;
    private byte[] copy = {};

    void seed(int first, int second) {
        sum1 = first;
        sum2 = second;
    }

    int sum1() {
        return sum1;
    }

    int sum2() {
        return sum2;
    }

    boolean is(int first, int second) {
        return sum1 == first && sum2 == second;
    }

    /// Adds bytes of `words`, whose byte order must be the word order of the generation. They are copied to an
    /// array first: a loop over buffers of which some are direct and some are not calls a method for each word,
    /// which takes five times as long as the copy and the sums together.
    ///
    /// @param length a multiple of 8
    void add(ByteBuffer words, int from, int length) {
        if (copy.length < length) {
            copy = new byte[length];
        }
        byte[] bytes = copy;
        words.get(from, bytes, 0, length);
        if (words.order() == ByteOrder.LITTLE_ENDIAN) {
            addLittleEndian(bytes, length);
        } else {
            addBigEndian(bytes, length);
        }
    }

    private void addLittleEndian(byte[] bytes, int length) {
        int a = sum1;
        int b = sum2;
        for (int at = 0; at < length; at += 8) {
            long pair = (long) LITTLE_ENDIAN.get(bytes, at);
            a += (int) pair + b;
            b += (int) (pair >>> 32) + a;
        }
        sum1 = a;
        sum2 = b;
    }

    private void addBigEndian(byte[] bytes, int length) {
        int a = sum1;
        int b = sum2;
        for (int at = 0; at < length; at += 8) {
            long pair = (long) BIG_ENDIAN.get(bytes, at);
            a += (int) (pair >>> 32) + b;
            b += (int) pair + a;
        }
        sum1 = a;
        sum2 = b;
    }

    void add(ByteBuffer bytes, int from, int length, ByteOrder order) {
        add(bytes.duplicate().order(order), from, length);
    }

    @Override
    public String toString() {
        return text(sum1, sum2);
    }

    static String text(int first, int second) {
        return "%08x %08x".formatted(first, second);
    }
}
