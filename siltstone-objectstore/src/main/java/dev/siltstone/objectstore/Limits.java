package dev.siltstone.objectstore;

import java.util.Collection;
import java.util.List;

/// What every store asks of its callers alike, and refuses before anything is requested.
public final class Limits {
    private Limits() {}

    /// @throws IllegalArgumentException if it is no range
    public static void requireRange(long start, long bytes) {
        if (start < 0 || bytes < 1) {
            throw new IllegalArgumentException("range of " + bytes + " bytes from " + start);
        }
    }

    /// @throws IllegalArgumentException if there are too many keys for one call
    public static void requireBatch(Collection<ObjectKey> keys) {
        if (keys.size() > ObjectStore.DELETES_MAX) {
            throw new IllegalArgumentException(
                    "%d keys to delete at once; at most %d"
                            .formatted(keys.size(), ObjectStore.DELETES_MAX));
        }
    }

    /// @throws IllegalArgumentException if there are no parts, or not in the order of their numbers
    public static void requireParts(UploadId upload, List<UploadedPart> parts) {
        int last = 0;
        for (UploadedPart part : parts) {
            if (part.number() <= last) {
                throw new IllegalArgumentException(
                        upload + ": part " + part.number() + " follows part " + last);
            }
            last = part.number();
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(upload + ": no parts");
        }
    }

    static StoreRefusedException unknownPart(Object store, UploadId upload, UploadedPart part) {
        return new StoreRefusedException(
                "%s: part %d of %s has not arrived like this"
                        .formatted(store, part.number(), upload),
                null);
    }
}
