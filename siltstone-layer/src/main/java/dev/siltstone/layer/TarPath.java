package dev.siltstone.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// The name of an entry, as the bytes that stand in the tar: need not be UTF-8. In the order of a walk that goes
/// through each directory by name, into directories as they come: `/` sorts before all other bytes.
public final class TarPath implements Comparable<TarPath> {
    /// Longest path kept, in bytes.
    public static final int BYTES_MAX = 1 << 16;

    static final TarPath EMPTY = new TarPath(new byte[0]);

    private final byte[] bytes;

    private TarPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes are not copied and must not change
    /// @throws IllegalArgumentException if there are more than [#BYTES_MAX]
    public static TarPath of(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "path of %d bytes; at most %d can be kept: %s..."
                            .formatted(bytes.length, BYTES_MAX, new String(bytes, 0, 80, UTF_8)));
        }
        return new TarPath(bytes);
    }

    public static TarPath of(String text) {
        return of(text.getBytes(UTF_8));
    }

    /// Returns the bytes, which must not be changed.
    public byte[] bytes() {
        return bytes;
    }

    /// Returns this path without `./` at its beginning and `/` at its end: entries of the same file are equal.
    public TarPath plain() {
        int start = 0;
        int end = bytes.length;
        while (end - start >= 2 && bytes[start] == '.' && bytes[start + 1] == '/') {
            start += 2;
        }
        while (end > start && bytes[end - 1] == '/') {
            end--;
        }
        return start == 0 && end == bytes.length
                ? this
                : new TarPath(Arrays.copyOfRange(bytes, start, end));
    }

    @Override
    public int compareTo(TarPath other) {
        int at = Arrays.mismatch(bytes, other.bytes);
        if (at < 0) {
            return 0;
        }
        if (at == bytes.length || at == other.bytes.length) {
            return Integer.compare(bytes.length, other.bytes.length);
        }
        return Integer.compare(rank(bytes[at]), rank(other.bytes[at]));
    }

    private static int rank(byte value) {
        return value == '/' ? -1 : value & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TarPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Returns the path as text: bytes that are no UTF-8, and control characters, as `\xNN`.
    @Override
    public String toString() {
        String text = new String(bytes, UTF_8);
        if (Arrays.equals(text.getBytes(UTF_8), bytes)
                && text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (char c : new String(bytes, ISO_8859_1).toCharArray()) {
            escaped.append(c >= 0x20 && c < 0x7f ? "" + c : "\\x%02x".formatted((int) c));
        }
        return escaped.toString();
    }
}
