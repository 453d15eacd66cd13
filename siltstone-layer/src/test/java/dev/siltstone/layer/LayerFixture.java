package dev.siltstone.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Layers in a memory store, and a clock that moves by itself.
final class LayerFixture {
    static final PushSettings SMALL =
            PushSettings.defaults().withRunBytes(1 << 14).withPackBytes(1 << 18).withWorkers(2);
    static final PullSettings PULL = new PullSettings(1 << 22, 2);

    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final AtomicLong seeds = new AtomicLong(1);
    final MemoryStore memory = new MemoryStore(this::tick);

    Instant tick() {
        return Instant.ofEpochMilli(now.addAndGet(10));
    }

    /// Returns what a process of its own would open.
    LayerStore open(ObjectStore store) {
        return new LayerStore(store, this::tick, new SplittableRandom(seeds.getAndIncrement()));
    }

    LayerStore open() {
        return open(memory);
    }

    static Pushed push(LayerStore layers, String name, MadeTree tree) throws IOException {
        return layers.push(name, tree, TarMemory.NONE, SMALL, new PushProgress());
    }

    static Pushed push(LayerStore layers, String name, MadeTree tree, MadeMemory memory)
            throws IOException {
        Pushed pushed = layers.push(name, tree, memory, SMALL, new PushProgress());
        memory.identity = pushed.identity();
        return pushed;
    }

    static byte[] tar(Layer layer) throws IOException {
        try (TarStream tar = layer.tar(PULL)) {
            return tar.readAllBytes();
        }
    }

    static void assertSame(LayerStore layers, String name, MadeTree tree) throws IOException {
        assertThat(tar(layers.open(name))).as(name).isEqualTo(tree.tar());
    }

    static void assertSound(LayerStore layers) throws IOException {
        assertThat(layers.verify().findings()).isEmpty();
    }

    static GcResult gcNow(LayerStore layers) throws IOException {
        return layers.gc(Duration.ZERO);
    }
}
