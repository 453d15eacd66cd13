package dev.siltstone.journal;

/// What decoding gave: a value, or what is wrong with the bytes.
sealed interface Decoded<T> {
    record Good<T>(T value) implements Decoded<T> {}

    /// What is wrong with the bytes.
    ///
    /// @param offset of the wrong field, from where decoding began
    record Bad<T>(int offset, String reason, String expected, String actual)
            implements Decoded<T> {}

    static <T> Decoded<T> of(T value) {
        return new Good<>(value);
    }

    static <T> Decoded<T> bad(int offset, String reason, String expected, String actual) {
        return new Bad<>(offset, reason, expected, actual);
    }

    static <T> Decoded<T> badCrc(int offset, String what, int stored, int computed) {
        return new Bad<>(
                offset,
                "the checksum of the " + what + " does not match",
                "crc32c %08x".formatted(stored),
                "crc32c %08x".formatted(computed));
    }
}
