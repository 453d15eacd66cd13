package dev.siltstone.layer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads what [FieldWriter] wrote. Whatever does not fit is damage of the object it was read from.
///
/// Not thread-safe.
final class FieldReader {
    private final String object;
    private final long base;
    private final ByteBuffer bytes;

    /// @param object to be named
    /// @param base where in the object the bytes begin
    FieldReader(String object, long base, byte[] bytes, int start, int length) {
        this.object = object;
        this.base = base;
        this.bytes = ByteBuffer.wrap(bytes, start, length).slice();
    }

    FieldReader(String object, byte[] bytes) {
        this(object, 0, bytes, 0, bytes.length);
    }

    String object() {
        return object;
    }

    /// Returns where in the object the next field begins.
    long position() {
        return base + bytes.position();
    }

    int left() {
        return bytes.remaining();
    }

    LayerDamagedException damaged(String fault, Object expected, Object actual) {
        return new LayerDamagedException(
                object, position(), fault, expected.toString(), actual.toString());
    }

    private void require(int count) throws LayerDamagedException {
        if (bytes.remaining() < count) {
            throw damaged("ends early", count + " more bytes", bytes.remaining());
        }
    }

    int u8() throws LayerDamagedException {
        require(1);
        return bytes.get() & 0xff;
    }

    int u32() throws LayerDamagedException {
        require(4);
        return bytes.getInt();
    }

    long u64() throws LayerDamagedException {
        require(8);
        return bytes.getLong();
    }

    long varint() throws LayerDamagedException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw damaged("number", "no more bytes than it needs", "a last byte of 0");
                }
                return value;
            }
        }
        throw damaged("number", "at most 9 bytes", "more");
    }

    long signed() throws LayerDamagedException {
        long folded = varint();
        return folded >>> 1 ^ -(folded & 1);
    }

    /// Reads a varint that must lie in `min` to `max`.
    int count(String what, long min, long max) throws LayerDamagedException {
        return (int) number(what, min, max);
    }

    long number(String what, long min, long max) throws LayerDamagedException {
        long value = varint();
        if (value < min || value > max) {
            throw damaged(what, min + " to " + max, value);
        }
        return value;
    }

    byte[] raw(int length) throws LayerDamagedException {
        require(length);
        byte[] read = new byte[length];
        bytes.get(read);
        return read;
    }

    Digest digest() throws LayerDamagedException {
        require(Digest.BYTES);
        return Digest.read(bytes);
    }

    byte[] sized(String what, int max) throws LayerDamagedException {
        return raw(count(what, 0, max));
    }

    String text(String what, int max) throws LayerDamagedException {
        byte[] read = sized(what, max);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString();
        } catch (CharacterCodingException e) {
            throw damaged(what, "UTF-8", "other bytes");
        }
    }

    void magic(long magic, String what) throws LayerDamagedException {
        long found = u64();
        if (found != magic) {
            throw damaged(what, "magic %016x".formatted(magic), "%016x".formatted(found));
        }
    }

    void version(int version, String what) throws LayerDamagedException {
        int found = u32();
        if (found != version) {
            throw damaged(what + " of another version", version, found);
        }
    }

    void end() throws LayerDamagedException {
        if (bytes.hasRemaining()) {
            throw damaged("end", "nothing more", bytes.remaining() + " bytes");
        }
    }
}
