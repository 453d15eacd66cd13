package dev.siltstone.layer.directory;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.DirectoryStore;
import dev.siltstone.objectstore.FaultyStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A process that pushes, pulls or collects up to a point; there it says so, and waits to be killed.
final class KilledWork {
    static final PushSettings SETTINGS = PushSettings.defaults().withPackBytes(1 << 18);

    private KilledWork() {}

    /// @param args `push` or `pull` or `gc`; a directory with `tree`, `store`, `memory` and `copy` in it; a seed; the
    ///     point: which call of the store, from 1 on, or of a pull which byte of the tar
    public static void main(String[] args) throws Exception {
        Path place = Path.of(args[1]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[2]));
        long point = Long.parseLong(args[3]);
        boolean isPull = args[0].equals("pull");
        InstantSource clock = InstantSource.system();
        try (var store =
                DirectoryStore.open(
                        new RealDisk(), place.resolve("store"), clock, random.split())) {
            LayerStore layers =
                    new LayerStore(
                            isPull ? store : stopping(new FaultyStore(store), point),
                            clock,
                            random.split());
            switch (args[0]) {
                case "push" -> push(layers, place, clock);
                case "pull" ->
                        new TreePull(layers.open("a"), new RealDisk(), PullSettings.defaults())
                                .pull(
                                        place.resolve("copy"),
                                        ExtractionSettings.DEFAULT,
                                        bytes -> stopAt(bytes >= point),
                                        System.err::println);
                case "gc" -> layers.gc(Duration.ZERO);
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    private static void push(LayerStore layers, Path place, InstantSource clock) throws Exception {
        new TreePush(layers, "store", new RealDisk(), place.resolve("memory"), clock)
                .push(
                        place.resolve("tree"),
                        "a",
                        WalkSettings.DEFAULT,
                        SETTINGS,
                        new PushProgress(),
                        System.err::println);
    }

    private static FaultyStore stopping(FaultyStore store, long point) {
        AtomicLong calls = new AtomicLong();
        store.fail(kind -> {
            stopAt(calls.incrementAndGet() >= point);
            return null;
        });
        return store;
    }

    private static void stopAt(boolean reached) {
        if (reached) {
            System.out.println("reached");
            while (true) {
                LockSupport.park();
            }
        }
    }
}
