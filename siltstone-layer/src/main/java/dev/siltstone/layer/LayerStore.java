package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Layers in an object store, by name. Any number of processes may push, read and collect at once: nothing is locked,
/// and no clock decides what is safe.
///
/// ```
///   log/<number>             commit, rm, condemn, delete, gone     RecordFormat
///   packs/<session>/<number> frames of tars, pages of manifests    PackFormat
/// ```
///
/// Wants a store that tries again by itself ([dev.siltstone.objectstore.RetryingStore]); a lost answer that reaches
/// it is looked into once.
///
/// Thread-safe; several pushes at once too.
public final class LayerStore {
    private static final int RACES_MAX = 1000;

    private final ObjectStore store;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param store is not closed with this
    /// @param clock for times that people read, and for the grace of [#gc]
    /// @param random for names: not seeded alike in two processes
    public LayerStore(ObjectStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    private LayerLog log() {
        return new LayerLog(store, clock, random);
    }

    /// Returns all layers, by name.
    public List<LayerInfo> list() throws IOException {
        return log().read().state().names().values().stream().map(LayerStore::info).toList();
    }

    private static LayerInfo info(NamedLayer layer) {
        return new LayerInfo(
                layer.name(),
                layer.number(),
                layer.committed(),
                layer.identity(),
                layer.tarBytes(),
                layer.entries(),
                layer.packs().size());
    }

    /// Opens the layer that a name stands for now. Gc may take it once the name stands for another and the grace is
    /// over; reading it then fails with [MissingPackException].
    ///
    /// @throws NoSuchLayerException if there is none
    public Layer open(String name) throws IOException {
        LayerLog log = log();
        NamedLayer layer = log.read().state().named(LayerNames.require(name));
        if (layer == null) {
            throw noSuchLayer(name);
        }
        return new Layer(new FrameFetch(store), info(layer), log.commit(layer));
    }

    private NoSuchLayerException noSuchLayer(String name) {
        return new NoSuchLayerException("%s has no layer \"%s\"".formatted(store, name));
    }

    /// Pushes the entries of a source under a name.
    ///
    /// @param progress counts while it runs
    /// @throws IOException if it fails; the name stands for what it stood for, and what was put will be found by the
    ///     next push. With [dev.siltstone.objectstore.EffectUnknownException] it may have succeeded; again is safe
    public Pushed push(
            String name,
            TarSource source,
            TarMemory memory,
            PushSettings settings,
            PushProgress progress)
            throws IOException {
        LayerNames.require(name);
        LayerLog log = log();
        LogView view = log.read();
        Session session;
        synchronized (random) {
            session = Session.begin(view.number(), random);
        }
        try (Push push = new Push(store, log, view, session, name, settings, progress)) {
            return push.run(source, memory);
        }
    }

    /// Takes a name away. Its packs stay until [#gc].
    ///
    /// @throws NoSuchLayerException if there is none
    public void remove(String name) throws IOException {
        LayerNames.require(name);
        LayerLog log = log();
        LogView view = log.read();
        for (int race = 0; race < RACES_MAX; race++) {
            if (view.state().named(name) == null) {
                throw noSuchLayer(name);
            }
            Optional<LogView> appended = log.append(view, new RecordBody.Remove(name));
            if (appended.isPresent()) {
                return;
            }
            view = log.follow(view);
        }
        throw new IOException(
                "%s: %d times another record came first; try again".formatted(name, RACES_MAX));
    }

    /// Collects garbage: condemns packs that nothing names, and deletes those that were condemned before and
    /// still are not named. Safe beside pushes and other collections, whatever the clocks say.
    ///
    /// @param grace how long a pack stays condemned at least; spares pushes under way the work of sending it
    ///     again, and readers a failure
    public GcResult gc(Duration grace) throws IOException {
        return new Gc(store, log(), clock).run(grace);
    }

    /// Reads everything that any name stands for, and proves it.
    public VerifyResult verify() throws IOException {
        return new Verify(store, log()).run();
    }
}
