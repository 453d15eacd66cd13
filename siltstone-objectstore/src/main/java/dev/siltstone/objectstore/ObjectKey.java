package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The name of an object: segments between slashes. Sorts as stores list: by the bytes of its UTF-8.
///
/// @param value 1 to [#BYTES_MAX] bytes of UTF-8, without control characters, without empty segments (so no
///     slash at either end), without `.` and `..`: a key that every store can hold, a directory too
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    public static final int BYTES_MAX = 1024;

    /// @throws IllegalArgumentException if it is no valid key; the message says why
    public ObjectKey {
        String fault = faultOf(value);
        if (fault != null) {
            throw new IllegalArgumentException("object key \"" + printable(value) + "\" " + fault);
        }
    }

    public static ObjectKey of(String value) {
        return new ObjectKey(value);
    }

    /// Says whether a text can be a key. Objects that others named otherwise are never listed.
    public static boolean isValid(String value) {
        return faultOf(value) == null;
    }

    private static @Nullable String faultOf(String value) {
        if (value.isEmpty()) {
            return "is empty";
        }
        if (!UTF_8.newEncoder().canEncode(value)) {
            return "is not well-formed Unicode";
        }
        if (value.getBytes(UTF_8).length > BYTES_MAX) {
            return "is longer than " + BYTES_MAX + " bytes";
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            return "contains a control character";
        }
        for (String segment : value.split("/", -1)) {
            if (segment.isEmpty()) {
                return "has an empty segment; write it without a slash at either end or two in a row";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has the segment \"" + segment + "\"";
            }
        }
        return null;
    }

    private static String printable(String value) {
        StringBuilder printed = new StringBuilder();
        value.chars()
                .limit(200)
                .forEach(c -> printed.append(Character.isISOControl(c) ? '?' : (char) c));
        return printed.toString();
    }

    @Override
    public int compareTo(ObjectKey other) {
        return compare(value, other.value);
    }

    /// Compares names as stores sort them: by the bytes of their UTF-8.
    static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return value;
    }
}
