package dev.siltstone.layer;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// A SHA-256: the address of a frame, the identity of a layer. Prints as 64 hex digits.
public record Digest(long first, long second, long third, long fourth)
        implements Comparable<Digest> {
    public static final int BYTES = 32;

    /// @param bytes exactly [#BYTES]
    public static Digest of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("digest of " + bytes.length + " bytes");
        }
        return read(ByteBuffer.wrap(bytes));
    }

    /// @throws IllegalArgumentException if it is not 64 hex digits
    public static Digest parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    static Digest read(ByteBuffer bytes) {
        return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(first).putLong(second).putLong(third).putLong(fourth);
        return bytes.array();
    }

    @Override
    public int compareTo(Digest other) {
        return java.util.Arrays.compareUnsigned(toBytes(), other.toBytes());
    }

    /// Spread already: all bits of a SHA-256 are.
    @Override
    public int hashCode() {
        return (int) first;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
