package dev.siltstone.layer;

import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectPage;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Lists packs and reads their indexes.
///
/// Thread-safe.
final class PackReader {
    private static final int TAIL_BYTES = 1 << 17;

    private final ObjectStore store;

    PackReader(ObjectStore store) {
        this.store = store;
    }

    /// Returns the packs of all sessions that began at `began` or later, and their bytes.
    Map<PackKey, Long> list(long began) throws IOException {
        Map<PackKey, Long> packs = new TreeMap<>();
        String after = PackKey.before(began);
        while (after != null) {
            ObjectPage page = store.list(PackKey.PREFIX, after);
            for (ListedObject listed : page.objects()) {
                PackKey.of(listed.key()).ifPresent(key -> packs.put(key, listed.bytes()));
            }
            after = next(page);
        }
        return packs;
    }

    private static @Nullable String next(ObjectPage page) {
        return page.next();
    }

    /// Reads the index of a pack: one request, or two if it is long.
    List<PackFormat.Row> index(PackKey key, long packBytes) throws IOException {
        byte[] tail = read(key, Math.max(0, packBytes - TAIL_BYTES), packBytes);
        if (tail.length < PackFormat.indexBytes(1)) {
            throw new LayerDamagedException(
                    key.toString(), 0, "too short for a pack", "an index", packBytes + " bytes");
        }
        int bytes = PackFormat.indexBytes(key, packBytes, tail);
        byte[] index =
                bytes <= tail.length
                        ? Arrays.copyOfRange(tail, tail.length - bytes, tail.length)
                        : read(key, packBytes - bytes, packBytes);
        return PackFormat.decodeIndex(key, packBytes, index);
    }

    private byte[] read(PackKey key, long start, long end) throws IOException {
        try (ObjectContent content = store.get(key.objectKey(), start, end - start)) {
            if (content.bytes() != end - start) {
                throw new LayerDamagedException(
                        key.toString(),
                        start,
                        "ends early",
                        end + " bytes",
                        "" + content.info().bytes());
            }
            return content.stream().readNBytes((int) (end - start));
        }
    }
}
