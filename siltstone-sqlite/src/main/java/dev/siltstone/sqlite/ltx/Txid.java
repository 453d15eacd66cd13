package dev.siltstone.sqlite.ltx;

import java.util.Optional;

/// The number of a transaction of one database: unsigned, from 1; 0 is the place before the first. As text
/// it has 16 lower hexadecimal digits, so that texts sort as numbers do.
public record Txid(long value) implements Comparable<Txid> {
    public static final Txid ZERO = new Txid(0);
    public static final Txid FIRST = new Txid(1);
    public static final Txid MAX = new Txid(-1);

    private static final int DIGITS = 16;

    /// Parses exactly 16 lower hexadecimal digits.
    ///
    /// @return empty for any other text
    public static Optional<Txid> parse(String text) {
        if (text.length() != DIGITS) {
            return Optional.empty();
        }
        long value = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = "0123456789abcdef".indexOf(text.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            value = value << 4 | digit;
        }
        return Optional.of(new Txid(value));
    }

    /// Returns the number after this one.
    ///
    /// @throws IllegalStateException if this is [#MAX]
    public Txid next() {
        if (value == MAX.value) {
            throw new IllegalStateException("there is no transaction after " + this);
        }
        return new Txid(value + 1);
    }

    /// Returns the number before this one.
    ///
    /// @throws IllegalStateException if this is [#ZERO]
    public Txid previous() {
        if (value == 0) {
            throw new IllegalStateException("there is no transaction before " + this);
        }
        return new Txid(value - 1);
    }

    public boolean isZero() {
        return value == 0;
    }

    public boolean isBefore(Txid other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Txid other) {
        return compareTo(other) > 0;
    }

    public static Txid max(Txid one, Txid other) {
        return one.isBefore(other) ? other : one;
    }

    public static Txid min(Txid one, Txid other) {
        return one.isBefore(other) ? one : other;
    }

    @Override
    public int compareTo(Txid other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "%016x".formatted(value);
    }
}
