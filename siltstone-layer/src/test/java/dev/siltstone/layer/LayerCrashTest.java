package dev.siltstone.layer;

import static dev.siltstone.layer.LayerFixture.assertSame;
import static dev.siltstone.layer.LayerFixture.assertSound;
import static dev.siltstone.layer.LayerFixture.gcNow;
import static dev.siltstone.layer.LayerFixture.push;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.Retries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Kills pushes and collections at a seeded store call, whose effect happened or did not, and looks at what the next
/// one makes of it. Repeat one seed with `-Dsiltstone.seed=N`.
class LayerCrashTest {
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 1000 : 4;

    private final LayerFixture fixture = new LayerFixture();

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    /// A process that dies at its n-th call: that one may still happen, those after it never.
    private static FaultyStore dying(ObjectStore store, int calls, boolean happens) {
        FaultyStore dying = new FaultyStore(store);
        AtomicInteger made = new AtomicInteger();
        dying.fail(kind -> {
            int call = made.incrementAndGet();
            if (call < calls) {
                return null;
            }
            return call == calls && happens
                    ? FaultyStore.Fault.LOST_AFTER
                    : FaultyStore.Fault.UNAVAILABLE;
        });
        return dying;
    }

    private boolean dies(LayerWork work, ObjectStore store) {
        try {
            work.run(fixture.open(store));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @FunctionalInterface
    private interface LayerWork {
        void run(LayerStore layers) throws IOException;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aKilledPushIsContinued(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MadeTree tree = MadeTree.of(seed, 150, 30_000);
        push(fixture.open(), "other", MadeTree.of(seed, 40, 30_000));
        boolean died = true;
        int calls = 0;
        for (int kill = 0; died && kill < 40; kill++) {
            calls += 1 + random.nextInt(4);
            FaultyStore store = dying(fixture.memory, calls, random.nextBoolean());
            long before = packBytes();
            PushProgress progress = new PushProgress();
            died =
                    dies(
                            layers ->
                                    layers.push(
                                            "home",
                                            tree,
                                            TarMemory.NONE,
                                            LayerFixture.SMALL,
                                            progress),
                            store);
            assertThat(progress.sentBytes())
                    .as("seed %d: sent again", seed)
                    .isLessThanOrEqualTo(
                            Math.max(0, tree.tar().length * 3L / 4 - before) + 300_000);
            assertSound(fixture.open());
        }
        push(fixture.open(), "home", tree);
        assertSame(fixture.open(), "home", tree);
        assertSound(fixture.open());
        gcNow(fixture.open());
        gcNow(fixture.open());
        assertSound(fixture.open());
    }

    private long packBytes() throws IOException {
        return new PackReader(fixture.memory).list(0).values().stream().mapToLong(b -> b).sum();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aKilledCollectionIsContinued(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MadeTree tree = MadeTree.of(seed, 60, 30_000);
        push(fixture.open(), "kept", tree);
        for (int i = 0; i < 3; i++) {
            push(fixture.open(), "goes", MadeTree.of(seed + i + 1, 30, 30_000));
            fixture.open().remove("goes");
            FaultyStore store = dying(fixture.memory, 1 + random.nextInt(9), random.nextBoolean());
            dies(LayerFixture::gcNow, store);
            assertSound(fixture.open());
        }
        gcNow(fixture.open());
        GcResult last = gcNow(fixture.open());

        assertThat(last.listed()).as("seed %d", seed).isEqualTo(last.live());
        assertSame(fixture.open(), "kept", tree);
        assertSound(fixture.open());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pushesBesideACollectorThatNeverWaitsLoseNothing(long seed) throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<MadeTree>> pushes = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                String name = "name" + i;
                long own = 100 * seed + i;
                pushes.add(threads.submit(() -> pushAgainAndAgain(name, own)));
            }
            Callable<Void> collect =
                    () -> {
                        LayerStore layers = fixture.open(shaky(seed));
                        for (int i = 0; i < 10; i++) {
                            gcNow(layers);
                        }
                        return null;
                    };
            Future<Void> collector = threads.submit(collect);
            collector.get();
            for (int i = 0; i < 2; i++) {
                assertSame(fixture.open(), "name" + i, pushes.get(i).get());
            }
        }
        assertSound(fixture.open());
    }

    private ObjectStore shaky(long seed) {
        FaultyStore faulty = new FaultyStore(fixture.memory);
        faulty.failAtRandom(
                seed,
                0.1,
                FaultyStore.Fault.LOST_AFTER,
                FaultyStore.Fault.LOST_BEFORE,
                FaultyStore.Fault.UNAVAILABLE);
        return new Retries().around(faulty, 20);
    }

    private MadeTree pushAgainAndAgain(String name, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        LayerStore layers = fixture.open(shaky(seed));
        MadeTree tree = MadeTree.of(5, 40, 20_000); // both push much of the same
        MadeMemory memory = new MadeMemory();
        for (int i = 0; i < 6; i++) {
            tree.put("file" + random.nextInt(4), 1 + random.nextInt(30_000), random);
            push(layers, name, tree, memory);
            if (random.nextInt(3) == 0 && i < 5) {
                layers.remove(name);
            }
        }
        return tree;
    }
}
