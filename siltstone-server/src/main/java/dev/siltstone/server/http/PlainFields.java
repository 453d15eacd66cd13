package dev.siltstone.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Header fields as they lie in the bytes of a [PlainRequest]; turned into text when they are asked for.
///
/// @param bytes of the request
/// @param places two numbers per field, for the name and for the value: position × 65,536 + length
record PlainFields(byte[] bytes, int[] places) implements Fields {
    private static final int NONE = -1;

    static int place(int start, int end) {
        return start << 16 | (end - start);
    }

    @Override
    public @Nullable String get(AsciiString name) {
        int field = find(name, 0);
        return field == NONE ? null : value(field);
    }

    @Override
    public int count(AsciiString name) {
        int count = 0;
        for (int field = find(name, 0); field != NONE; field = find(name, field + 2)) {
            count++;
        }
        return count;
    }

    @Override
    public List<String> getAll(AsciiString name) {
        List<String> values = new ArrayList<>(1);
        for (int field = find(name, 0); field != NONE; field = find(name, field + 2)) {
            values.add(value(field));
        }
        return values;
    }

    private String value(int field) {
        int place = places[field + 1];
        return new String(bytes, place >>> 16, place & 0xFFFF, ISO_8859_1);
    }

    private int find(AsciiString name, int from) {
        int length = name.length();
        for (int field = from; field < places.length; field += 2) {
            int place = places[field];
            if ((place & 0xFFFF) == length && isNamed(name, place >>> 16)) {
                return field;
            }
        }
        return NONE;
    }

    private boolean isNamed(AsciiString name, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (lower(bytes[start + i]) != name.byteAt(i)) {
                return false;
            }
        }
        return true;
    }

    static byte lower(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
    }
}
