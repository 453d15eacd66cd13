package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.BackOff;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.ObjectStoreException;
import dev.siltstone.objectstore.RetrySettings;
import dev.siltstone.objectstore.RetryingStore;
import dev.siltstone.objectstore.url.StoreFactory;
import dev.siltstone.objectstore.url.StoreUrl;
import dev.siltstone.rangestore.RemoteRanges;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/// Where the replica of a database is, opened: its store, with retries, in Litestream's layout for it.
///
/// Thread-safe.
public final class Destination implements Closeable {
    private static final Duration BACK_OFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACK_OFF_MAX = Duration.ofSeconds(10);
    private static final int PROOFS_MAX = 4;

    private final ObjectStore store;
    private final RemoteRanges remote;

    private Destination(ObjectStore store, RemoteRanges remote) {
        this.store = store;
        this.remote = remote;
    }

    /// Opens a destination to replicate to, and proves that its store keeps what is promised. The proof makes
    /// requests that are not repeated; if one gets no answer, there is another proof.
    public static Destination open(StoreUrl url, ReplicaRuntime runtime) throws IOException {
        return open(url, proven(url, runtime), runtime);
    }

    private static ObjectStore proven(StoreUrl url, ReplicaRuntime runtime) throws IOException {
        BackOff backOff = new BackOff(BACK_OFF_FIRST, BACK_OFF_MAX, runtime.random());
        for (int failures = 1; ; failures++) {
            try {
                return factory(runtime).open(url);
            } catch (ObjectStoreException e) {
                if (!e.retryHelps() || failures == PROOFS_MAX) {
                    throw e;
                }
                pause(runtime, backOff.delay(failures));
            }
        }
    }

    private static void pause(ReplicaRuntime runtime, Duration time) throws InterruptedIOException {
        try {
            runtime.pause().pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before a store was asked again");
        }
    }

    /// Opens a destination to read from.
    public static Destination openForReading(StoreUrl url, ReplicaRuntime runtime)
            throws IOException {
        return open(url, factory(runtime).openForReading(url), runtime);
    }

    private static StoreFactory factory(ReplicaRuntime runtime) {
        return new StoreFactory(runtime.disk(), runtime.time(), runtime.random());
    }

    private static Destination open(StoreUrl url, ObjectStore plain, ReplicaRuntime runtime)
            throws IOException {
        ObjectStore store =
                new RetryingStore(
                        plain,
                        RetrySettings.defaults(),
                        new BackOff(BACK_OFF_FIRST, BACK_OFF_MAX, runtime.random()),
                        runtime.pause(),
                        runtime.random());
        try {
            RemoteRanges remote =
                    RemoteRanges.open(
                            store, "", LitestreamNames.of(url), LitestreamNames.settings());
            return new Destination(store, remote);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// Returns the files of the replica.
    public RemoteRanges remote() {
        return remote;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
