package dev.siltstone.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.objectstore.DirectoryStore;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Collections in a loop beside four pushers, each with a clock that is a day off another's, on a directory. For ten
/// minutes: `-Dsiltstone.layer.soak=600`; others: `-Dsiltstone.layer.seed=N`.
class GcSoakTest {
    private static final long SECONDS = Long.getLong("siltstone.layer.soak", 2);
    private static final long SEED = Long.getLong("siltstone.layer.seed", 11);
    private static final int PUSHERS = 4;
    private static final int ROUNDS_MIN = 3;

    /// A push that gc overtook so often that it gave up, with the name as it was, may be tried again.
    private static final String OVERTAKEN = "give gc a longer grace";

    private final NanoClock nanos = NanoClock.system();
    private final long deadline = nanos.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    private final AtomicBoolean pushing = new AtomicBoolean(true);
    private final LongAdder pushes = new LongAdder();
    private final LongAdder overtaken = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder collections = new LongAdder();
    private final LongAdder deleted = new LongAdder();

    private LayerStore layers(ObjectStore store, int dayOff) {
        InstantSource clock = () -> Instant.now().plus(Duration.ofDays(dayOff));
        return new LayerStore(store, clock, new SplittableRandom(SEED * 100 + dayOff + 50));
    }

    @Test
    void pushersWithClocksADayApartLoseNothingToACollectorThatNeverRests(@TempDir Path directory)
            throws Exception {
        try (DirectoryStore store =
                        DirectoryStore.open(
                                new RealDisk(),
                                directory,
                                InstantSource.system(),
                                new SplittableRandom(SEED));
                var threads = Executors.newCachedThreadPool()) {
            List<Future<MadeTree>> pushers = new ArrayList<>();
            for (int i = 0; i < PUSHERS; i++) {
                LayerStore layers = layers(store, i - 2);
                String name = "name" + i;
                SplittableRandom random = new SplittableRandom(SEED * PUSHERS + i);
                pushers.add(threads.submit(() -> push(layers, name, random)));
            }
            Future<?> collector = threads.submit(() -> collect(layers(store, 2)));
            List<MadeTree> trees = new ArrayList<>();
            try {
                for (Future<MadeTree> pusher : pushers) {
                    trees.add(pusher.get());
                }
            } finally {
                pushing.set(false);
            }
            collector.get();
            LayerStore after = layers(store, 0);
            LayerFixture.assertSound(after);
            for (int i = 0; i < PUSHERS; i++) {
                LayerFixture.assertSame(after, "name" + i, trees.get(i));
            }
            LayerFixture.gcNow(after);
            GcResult last = LayerFixture.gcNow(after);
            assertThat(last.listed()).as("seed %d", SEED).isEqualTo(last.live());
            LayerFixture.assertSound(after);
            System.out.printf(
                    "%d s: %d pushes, %d overtaken, %d read back, %d collections, %d packs deleted%n",
                    SECONDS,
                    pushes.sum(),
                    overtaken.sum(),
                    reads.sum(),
                    collections.sum(),
                    deleted.sum());
        }
    }

    private Void collect(LayerStore layers) throws IOException {
        while (pushing.get()) {
            deleted.add(LayerFixture.gcNow(layers).deleted());
            collections.increment();
        }
        return null;
    }

    private MadeTree push(LayerStore layers, String name, SplittableRandom random)
            throws IOException {
        MadeTree tree = MadeTree.of(5, 30, 20_000); // all push much of the same
        MadeMemory memory = new MadeMemory();
        for (int round = 0; round < ROUNDS_MIN || nanos.nanoTime() < deadline; round++) {
            tree.put("file" + random.nextInt(4), 1 + random.nextInt(30_000), random);
            if (random.nextInt(3) == 0) {
                tree.put("shared" + random.nextInt(4), 20_000, new SplittableRandom(round / 8));
            }
            pushUntilItIsThere(layers, name, tree, memory);
            if (random.nextInt(4) == 0) {
                LayerFixture.assertSame(layers, name, tree);
                reads.increment();
            }
            if (random.nextInt(4) == 0) {
                layers.remove(name);
                memory = random.nextBoolean() ? new MadeMemory() : memory;
                pushUntilItIsThere(layers, name, tree, memory);
            }
        }
        return tree;
    }

    private void pushUntilItIsThere(
            LayerStore layers, String name, MadeTree tree, MadeMemory memory) throws IOException {
        while (true) {
            try {
                LayerFixture.push(layers, name, tree, memory);
                pushes.increment();
                return;
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains(OVERTAKEN)) {
                    throw e;
                }
                overtaken.increment();
            }
        }
    }
}
