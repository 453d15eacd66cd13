package dev.siltstone.cli;

import dev.siltstone.io.Pause;
import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.objectstore.BackOff;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.RetrySettings;
import dev.siltstone.objectstore.RetryingStore;
import dev.siltstone.objectstore.url.StoreFactory;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Option;

/// The option that says which store the layers are in.
final class LayerPlace {
    private static final Duration BACK_OFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACK_OFF_MAX = Duration.ofSeconds(10);

    @Option(
            names = {"--store", "--to", "--from"},
            paramLabel = "URL",
            required = true,
            converter = ReplicaUrl.Converter.class,
            description = "The store; the three names of this option mean the same.")
    @SuppressWarnings("NullAway.Init")
    private ReplicaUrl url;

    /// A store that is open.
    record Opened(ObjectStore store, LayerStore layers) implements Closeable {
        @Override
        public void close() throws IOException {
            store.close();
        }
    }

    ReplicaUrl url() {
        return url;
    }

    /// Opens it to write to; a missing directory is made.
    Opened open() throws IOException {
        SplittableRandom random = new SplittableRandom();
        return opened(factory(random).openProvingLater(url.store()), random);
    }

    Opened openForReading() throws IOException {
        SplittableRandom random = new SplittableRandom();
        return opened(factory(random).openForReading(url.store()), random);
    }

    private static StoreFactory factory(RandomGenerator random) {
        return new StoreFactory(new RealDisk(), clock(), random);
    }

    /// Opens a store of somebody else's to read from.
    static ObjectStore foreign(ReplicaUrl url) throws IOException {
        SplittableRandom random = new SplittableRandom();
        return retrying(factory(random).openForReading(url.store()), random);
    }

    /// Returns the clock of this machine.
    static InstantSource clock() {
        return InstantSource.system();
    }

    private static Opened opened(ObjectStore plain, SplittableRandom random) {
        ObjectStore store = retrying(plain, random);
        return new Opened(store, new LayerStore(store, clock(), new SecureRandom()));
    }

    private static ObjectStore retrying(ObjectStore plain, SplittableRandom random) {
        return new RetryingStore(
                plain,
                RetrySettings.defaults(),
                new BackOff(BACK_OFF_FIRST, BACK_OFF_MAX, random.split()),
                Pause.system(),
                random.split());
    }
}
