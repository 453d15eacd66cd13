package dev.siltstone.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// Writes fields one after the other, big-endian; a *varint* has 7 bits a byte, the lowest first, the high bit
/// set in all but the last, and no more bytes than it needs.
///
/// Not thread-safe.
final class FieldWriter {
    private byte[] bytes = new byte[256];
    private int at;

    private void ensure(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(at, more), 2 * bytes.length));
        }
    }

    FieldWriter u8(int value) {
        ensure(1);
        bytes[at++] = (byte) value;
        return this;
    }

    FieldWriter u32(int value) {
        return u8(value >>> 24).u8(value >>> 16).u8(value >>> 8).u8(value);
    }

    FieldWriter u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    /// @param value 0 or more
    FieldWriter varint(long value) {
        assert value >= 0 : value;
        long left = value;
        while (left > 0x7f) {
            u8((int) left | 0x80);
            left >>>= 7;
        }
        return u8((int) left);
    }

    /// A varint for numbers of both signs, small ones short.
    FieldWriter signed(long value) {
        long folded = value << 1 ^ value >> 63;
        assert folded >= 0 : value;
        return varint(folded);
    }

    FieldWriter raw(byte[] source, int start, int length) {
        ensure(length);
        System.arraycopy(source, start, bytes, at, length);
        at += length;
        return this;
    }

    FieldWriter raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    FieldWriter digest(Digest digest) {
        return raw(digest.toBytes());
    }

    /// Length as a varint, then the bytes.
    FieldWriter sized(byte[] source) {
        return varint(source.length).raw(source);
    }

    FieldWriter text(String text) {
        return sized(text.getBytes(UTF_8));
    }

    int size() {
        return at;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, at);
    }
}
