package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What goes with an object besides its bytes.
///
/// @param metadata user metadata: names of `a`-`z`, `0`-`9` and `-`; values of printable ASCII without a
///     space at either end; no more than [#METADATA_BYTES_MAX] bytes of both together, of which
///     [RetryingStore] needs 48. Kept where
///     [ObjectStore#keepsMetadata()] says so, dropped elsewhere
/// @param modified time the object is to carry, or null for now. Honoured where
///     [ObjectStore#setsModified()] says so
public record PutOptions(Map<String, String> metadata, @Nullable Instant modified) {
    /// What S3 allows.
    public static final int METADATA_BYTES_MAX = 2048;

    /// Name under which [RetryingStore] marks what it puts, to know it again.
    public static final String WRITER_TOKEN = "siltstone-writer";

    public static final PutOptions NONE = new PutOptions(Map.of(), null);

    /// @throws IllegalArgumentException if the metadata cannot be kept everywhere
    public PutOptions {
        metadata = Map.copyOf(metadata);
        long bytes = 0;
        for (var entry : metadata.entrySet()) {
            requireValid(entry.getKey(), entry.getValue());
            bytes += entry.getKey().length() + entry.getValue().length();
        }
        if (bytes > METADATA_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "user metadata of %d bytes; at most %d are kept everywhere"
                            .formatted(bytes, METADATA_BYTES_MAX));
        }
    }

    public static PutOptions withMetadata(Map<String, String> metadata) {
        return new PutOptions(metadata, null);
    }

    /// Returns these options with one more entry.
    public PutOptions and(String name, String value) {
        Map<String, String> more = new TreeMap<>(metadata);
        more.put(name, value);
        return new PutOptions(more, modified);
    }

    /// Returns these options with a time the object is to carry.
    public PutOptions at(Instant modified) {
        return new PutOptions(metadata, modified);
    }

    /// Returns what the object is marked with, or an empty text.
    String writerToken() {
        return metadata.getOrDefault(WRITER_TOKEN, "");
    }

    private static void requireValid(String name, String value) {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "user metadata name \"" + name + "\": may have a-z, 0-9 and - only");
        }
        boolean isPrintable =
                US_ASCII.newEncoder().canEncode(value)
                        && value.chars().noneMatch(Character::isISOControl);
        if (!isPrintable || !value.equals(value.strip())) {
            throw new IllegalArgumentException(
                    "user metadata \"%s\": its value may have printable ASCII only, no space at either end"
                            .formatted(name));
        }
    }
}
