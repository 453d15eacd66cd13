package dev.siltstone.io.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Arrays;

/// Names and paths as the kernel has them: bytes, in no character set.
///
/// A path of a tree is relative, its components divided by one `/`, without one at either end; the root is empty.
public final class RawName {
    private RawName() {}

    /// Returns the bytes of a name that is known to be text.
    public static byte[] of(String name) {
        return name.getBytes(UTF_8);
    }

    /// Returns the very bytes of a path, whatever the locale; made absolute first.
    public static byte[] of(Path path) {
        String raw = path.toAbsolutePath().toUri().getRawPath();
        var bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        byte[] whole = bytes.toByteArray();
        boolean closed = whole.length > 1 && whole[whole.length - 1] == '/';
        return closed ? Arrays.copyOf(whole, whole.length - 1) : whole;
    }

    /// Returns `directory/name`, or `name` alone below an empty path.
    public static byte[] join(byte[] directory, byte[] name) {
        if (directory.length == 0) {
            return name;
        }
        byte[] path = Arrays.copyOf(directory, directory.length + 1 + name.length);
        path[directory.length] = '/';
        System.arraycopy(name, 0, path, directory.length + 1, name.length);
        return path;
    }

    /// Returns a name for people: text as it is, other bytes and control characters as `\xHH`. Never longer
    /// than about 1,000 characters.
    public static String show(byte[] name) {
        if (name.length > 1000) {
            return show(Arrays.copyOf(name, 480))
                    + "...("
                    + name.length
                    + " bytes)..."
                    + show(Arrays.copyOfRange(name, name.length - 480, name.length));
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return text;
            }
        } catch (CharacterCodingException e) {
            return escaped(name);
        }
        return escaped(name);
    }

    private static String escaped(byte[] name) {
        var text = new StringBuilder();
        for (byte b : name) {
            if (b < 0x20 || b == 0x7f) {
                text.append("\\x%02x".formatted(b & 0xff));
            } else {
                text.append((char) b);
            }
        }
        return text.toString();
    }

    /// Compares paths of a tree in canonical order: a directory before what is in it, names by their unsigned
    /// bytes. It is the order of a walk that goes down as it meets directories.
    public static int compare(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        if (at < 0) {
            return 0;
        }
        if (at == a.length || at == b.length) {
            return a.length - b.length;
        }
        return rank(a[at]) - rank(b[at]);
    }

    private static int rank(byte b) {
        return b == '/' ? 0 : b & 0xff; // no name holds a zero byte
    }
}
