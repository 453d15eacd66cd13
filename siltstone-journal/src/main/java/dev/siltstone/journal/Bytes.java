package dev.siltstone.journal;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Bytes as text, for messages.
final class Bytes {
    private Bytes() {}

    static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
