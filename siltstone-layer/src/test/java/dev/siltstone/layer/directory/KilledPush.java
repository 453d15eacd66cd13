package dev.siltstone.layer.directory;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.DirectoryStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;

/// A process that pushes, and tells of each pack that it put, so that somebody can kill it then.
final class KilledPush {
    private KilledPush() {}

    /// @param args directory, store, memory, seed
    public static void main(String[] args) throws Exception {
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]));
        InstantSource clock = InstantSource.system();
        PushProgress progress = new PushProgress();
        Thread.ofPlatform().daemon().start(() -> tell(progress));
        try (var store =
                DirectoryStore.open(new RealDisk(), Path.of(args[1]), clock, random.split())) {
            new TreePush(
                            new LayerStore(store, clock, random.split()),
                            "store",
                            new RealDisk(),
                            Path.of(args[2]),
                            clock)
                    .push(
                            Path.of(args[0]),
                            "a",
                            WalkSettings.DEFAULT,
                            PushSettings.defaults().withPackBytes(1 << 20),
                            progress,
                            System.err::println);
        }
    }

    private static void tell(PushProgress progress) {
        long told = 0;
        while (true) {
            if (progress.packs() > told) {
                told++;
                System.out.println("pack " + told);
            }
            Thread.onSpinWait();
        }
    }
}
