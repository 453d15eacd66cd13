package dev.siltstone.layer.directory;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.StoreMeter;
import dev.siltstone.objectstore.StoreUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Layers in a memory store that counts requests, and a machine whose clock is an hour ahead of its files: whatever
/// was written is settled.
final class DirectoryFixture {
    private final AtomicLong seeds = new AtomicLong(1);
    private final InstantSource ahead = () -> Instant.now().plusSeconds(3600);
    private final StoreMeter meter = new StoreMeter();
    private final Path memory;
    final ObjectStore store = new MeteredStore(new MemoryStore(ahead), meter);
    final List<String> warnings = new ArrayList<>();
    PushProgress progress = new PushProgress();

    DirectoryFixture(Path memory) {
        this.memory = memory;
    }

    LayerStore layers() {
        return new LayerStore(store, ahead, new SplittableRandom(seeds.getAndIncrement()));
    }

    Pushed push(Path directory, String name) throws IOException {
        return push(directory, name, memory);
    }

    Pushed push(Path directory, String name, Path memory) throws IOException {
        progress = new PushProgress();
        return new TreePush(layers(), "memory", new RealDisk(), memory, ahead)
                .push(
                        directory,
                        name,
                        WalkSettings.DEFAULT,
                        PushSettings.defaults(),
                        progress,
                        warnings::add);
    }

    TreePull.Pulled pull(String name, Path directory, ExtractionSettings how) throws IOException {
        return new TreePull(layers().open(name), new RealDisk(), PullSettings.defaults())
                .pull(directory, how, bytes -> {}, warnings::add);
    }

    long requests() {
        StoreUsage usage = meter.usage();
        long requests = 0;
        for (CallKind kind : CallKind.values()) {
            StoreUsage.Calls calls = usage.calls().get(kind);
            requests += calls == null ? 0 : calls.requests();
        }
        return requests;
    }
}
