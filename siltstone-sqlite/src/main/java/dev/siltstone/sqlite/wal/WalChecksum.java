package dev.siltstone.sqlite.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The running checksum of a WAL: two 32-bit sums over pairs of words. It finds every single flipped bit,
/// and many others; it is not a CRC.
///
/// Not thread-safe.
final class WalChecksum {
    private int sum1;
    private int sum2;

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

    /// Adds bytes of `words`, whose byte order must be the word order of the generation.
    ///
    /// @param length a multiple of 8
    void add(ByteBuffer words, int from, int length) {
        int a = sum1;
        int b = sum2;
        for (int at = from; at < from + length; at += 8) {
            a += words.getInt(at) + b;
            b += words.getInt(at + 4) + a;
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
