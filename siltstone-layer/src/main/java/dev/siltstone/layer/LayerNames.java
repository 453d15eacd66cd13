package dev.siltstone.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What a layer may be called.
final class LayerNames {
    static final int BYTES_MAX = 512;

    private LayerNames() {}

    /// @throws IllegalArgumentException if it is no name; the message says why
    static String require(String name) {
        int bytes = name.getBytes(UTF_8).length;
        if (bytes == 0 || bytes > BYTES_MAX || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a layer's name has 1 to %d bytes and no control characters; this has %d bytes"
                            .formatted(BYTES_MAX, bytes));
        }
        if (!UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("a layer's name is well-formed Unicode");
        }
        return name;
    }
}
