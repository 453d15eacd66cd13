package dev.siltstone.layer.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The records of an extended header; of a key that comes twice the last counts.
///
/// Not thread-safe.
final class PaxRecords {
    private static final Pattern TIME = Pattern.compile("-?[0-9]{1,19}(\\.[0-9]*)?");
    private static final int KEY_BYTES_MAX = 1024;
    private static final int DECIMAL_BYTES_MAX = 40;

    private final Map<String, byte[]> values = new TreeMap<>();
    private final SparseMap sparse = new SparseMap();
    private long sparseOffset = -1;

    /// Adds the records of a header's content; what is wrong is said in a [TarException] without a place.
    void add(byte[] content) throws TarException {
        int at = 0;
        while (at < content.length) {
            int space = at;
            long length = 0;
            while (space < content.length && content[space] >= '0' && content[space] <= '9') {
                length = length * 10 + content[space] - '0';
                space++;
                if (length > content.length) {
                    throw new TarException("an extended record longer than its header");
                }
            }
            long end = at + length;
            if (space == at
                    || space >= content.length
                    || content[space] != ' '
                    || end > content.length
                    || end <= space + 1
                    || content[(int) end - 1] != '\n') {
                throw new TarException("an extended record that is not `length key=value`");
            }
            addRecord(content, space + 1, (int) end - 1);
            at = (int) end;
        }
    }

    private void addRecord(byte[] content, int start, int end) throws TarException {
        int equals = start;
        while (equals < end && content[equals] != '=') {
            equals++;
        }
        if (equals == end || equals == start || equals - start > KEY_BYTES_MAX) {
            throw new TarException("an extended record without a key of up to 1024 bytes");
        }
        String key = new String(content, start, equals - start, ISO_8859_1);
        byte[] value = Arrays.copyOfRange(content, equals + 1, end);
        switch (key) {
            case "GNU.sparse.offset" -> sparseOffset = decimal(key, value);
            case "GNU.sparse.numbytes" -> addExtent(sparseOffset, decimal(key, value));
            case "GNU.sparse.map" -> addExtents(new String(value, ISO_8859_1));
            default -> values.put(key, value);
        }
    }

    private void addExtents(String map) throws TarException {
        String[] numbers = map.split(",", 2 * SparseMap.EXTENTS_MAX + 2);
        if (numbers.length % 2 != 0) {
            throw new TarException("a map of holes that is no list of pairs");
        }
        for (int i = 0; i < numbers.length; i += 2) {
            addExtent(
                    decimal("GNU.sparse.map", numbers[i].getBytes(ISO_8859_1)),
                    decimal("GNU.sparse.map", numbers[i + 1].getBytes(ISO_8859_1)));
        }
    }

    private void addExtent(long start, long bytes) throws TarException {
        String fault = start < 0 ? "a map of holes out of order" : sparse.add(start, bytes);
        if (!fault.isEmpty()) {
            throw new TarException(fault);
        }
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    byte @Nullable [] bytes(String key) {
        return values.get(key);
    }

    /// Returns a number; -1 if there is none of that key.
    long number(String key) throws TarException {
        byte[] value = values.get(key);
        return value == null ? -1 : decimal(key, value);
    }

    /// Returns a time in seconds; `null` if there is none of that key.
    @Nullable BigDecimal time(String key) throws TarException {
        byte[] value = values.get(key);
        if (value == null) {
            return null;
        }
        String text = new String(value, ISO_8859_1);
        if (value.length > DECIMAL_BYTES_MAX || !TIME.matcher(text).matches()) {
            throw new TarException(key + " is no decimal time: " + RawName.show(value));
        }
        BigDecimal time = new BigDecimal(text.endsWith(".") ? text + "0" : text);
        if (time.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 2)) > 0) {
            throw new TarException(key + " is out of range: " + text);
        }
        return time.setScale(9, RoundingMode.FLOOR);
    }

    /// Returns the extents of a file with holes, of the formats 0.0 and 0.1; `null` if it is none.
    @Nullable SparseMap sparse() {
        return has("GNU.sparse.size") ? sparse : null;
    }

    /// Returns the extended attributes, sorted by name.
    List<Xattr> xattrs() {
        List<Xattr> attributes = new ArrayList<>();
        values.forEach((key, value) -> {
            if (key.startsWith(TarFormat.XATTR_KEY)) {
                String name = key.substring(TarFormat.XATTR_KEY.length());
                attributes.add(new Xattr(TarFormat.xattrName(name.getBytes(ISO_8859_1)), value));
            }
        });
        attributes.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
        return attributes;
    }

    static long decimal(String key, byte[] value) throws TarException {
        long number = 0;
        for (byte b : value) {
            if (b < '0' || b > '9' || number > (Long.MAX_VALUE - 9) / 10) {
                throw new TarException(
                        "%s is no number of up to 18 digits: %s"
                                .formatted(key, RawName.show(value)));
            }
            number = number * 10 + b - '0';
        }
        if (value.length == 0) {
            throw new TarException(key + " is empty");
        }
        return number;
    }
}
