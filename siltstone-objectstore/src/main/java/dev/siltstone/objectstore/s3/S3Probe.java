package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.objectstore.StoreRefusedException;
import java.io.IOException;
import java.util.random.RandomGenerator;

/// Proves that a store does what everything else rests on.
///
/// Thread-safe.
final class S3Probe {
    private static final byte[] PROBE =
            "probe of put-if-absent; may be deleted\n".getBytes(US_ASCII);

    private final ObjectStore store;
    private final RandomGenerator random;
    private boolean isProven;

    /// @param store that does not prove itself
    S3Probe(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /// Proves it, unless it was proven.
    synchronized void proveOnce() throws IOException {
        if (!isProven) {
            prove();
            isProven = true;
        }
    }

    void prove() throws IOException {
        ObjectKey key = ObjectKey.of(".siltstone-probe-%016x".formatted(random.nextLong()));
        ObjectBody body = ObjectBody.of(PROBE);
        if (!(store.putIfAbsent(key, body, PutOptions.NONE) instanceof PutOutcome.Created)) {
            throw new StoreRefusedException(
                    store + ": says that " + key + " is there, which nobody has put", null);
        }
        try {
            long bytes = store.head(key).bytes();
            if (bytes != PROBE.length) {
                throw new StoreRefusedException(
                        "%s: keeps %d bytes of an object of %d: it does not understand how bodies are sent"
                                .formatted(store, bytes, PROBE.length),
                        null);
            }
            if (!(store.putIfAbsent(key, body, PutOptions.NONE)
                    instanceof PutOutcome.AlreadyThere)) {
                throw new StoreRefusedException(
                        store
                                + ": overwrites an object though told not to (If-None-Match: *), so two"
                                + " writers could destroy each other's data; use a store that supports it",
                        null);
            }
        } finally {
            store.delete(key);
        }
    }
}
