package dev.siltstone.layer.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.TreeArchive;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.DirectoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Whole processes killed with `kill -9` at seeded points while they push, pull and collect. More of them:
/// `-Dsiltstone.layer.kills=200` (a quarter as many pulls and collections); others: `-Dsiltstone.layer.seed=N`.
@EnabledOnOs(OS.LINUX)
class LayerKillTest {
    private static final int KILLS = Integer.getInteger("siltstone.layer.kills", 2);
    private static final int FEWER_KILLS = Math.max(1, KILLS / 4);
    private static final long SEED = Long.getLong("siltstone.layer.seed", 7);
    private static final int FILES = 24;
    private static final int FILE_BYTES = 1 << 18;
    private static final int LARGE_BYTES = 3 << 20;

    /// Calls of a push: a listing, what is known, 37 packs, a commit.
    private static final int PUSH_CALLS = 40;

    /// Of packs' indexes and of pages: what the last pack of an uninterrupted push has beside frames.
    private static final long OVERHEAD_BYTES = 1 << 16;

    @TempDir Path directory;
    private long layersSeed = SEED << 32;

    @Test
    void thePushAfterAKillCompletesAndSendsNothingTwiceThatWasThere() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Path whole = place("whole", random);
        long wholeBytes = push(whole, "memory").sentBytes();
        delete(whole.resolve("store"));
        for (int kill = 0; kill < KILLS; kill++) {
            Path place = Files.createDirectory(directory.resolve("kill" + kill));
            Files.createSymbolicLink(place.resolve("tree"), whole.resolve("tree"));
            boolean isMemoryLost = random.nextBoolean();
            int point = 1 + random.nextInt(PUSH_CALLS);
            String what = "seed %d, kill %d at call %d".formatted(SEED, kill, point);
            kill("push", place, random.nextLong(), point);
            long there = packBytes(place);

            Pushed pushed = push(place, isMemoryLost ? "other" : "memory");

            assertThat(pushed.sentBytes() + there).as(what).isLessThan(wholeBytes + OVERHEAD_BYTES);
            assertComplete(place, what);
            delete(place);
        }
    }

    @Test
    void thePullAfterAKillCompletes() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Path place = place("pull", random);
        push(place, "memory");
        int tarBytes = TreeArchive.bytes(place.resolve("tree")).length;
        for (int kill = 0; kill < FEWER_KILLS; kill++) {
            int point = random.nextInt(tarBytes);
            String what = "seed %d, kill %d at byte %d".formatted(SEED, kill, point);
            kill("pull", place, random.nextLong(), point);
            assertThat(place.resolve("copy")).as(what).doesNotExist();
            if (random.nextBoolean()) {
                kill("pull", place, random.nextLong(), random.nextInt(tarBytes)); // and again
            }

            assertComplete(place, what);
            delete(place.resolve("copy"));
            try (Stream<Path> left = Files.list(place)) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .as(what)
                        .containsExactlyInAnyOrder("tree", "store", "memory");
            }
        }
    }

    @Test
    void theCollectionAfterAKillCompletes() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Path place = place("gc", random);
        push(place, "memory");
        for (int kill = 0; kill < FEWER_KILLS; kill++) {
            String what = "seed %d, kill %d".formatted(SEED, kill);
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            Files.write(place.resolve("tree/file" + random.nextInt(FILES)), bytes);
            push(place, random.nextBoolean() ? "memory" : "other");
            for (int run = 0; run < 2; run++) {
                kill("gc", place, random.nextLong(), 1 + random.nextInt(8));
            }

            assertComplete(place, what);
            delete(place.resolve("copy"));
            try (DirectoryStore store = open(place)) {
                LayerStore layers = layers(store);
                layers.gc(Duration.ZERO);
                var last = layers.gc(Duration.ZERO);
                assertThat(last.listed()).as(what).isEqualTo(last.live());
            }
        }
        assertComplete(place, "seed " + SEED);
    }

    private Path place(String name, SplittableRandom random) throws IOException {
        Path place = Files.createDirectory(directory.resolve(name));
        Path tree = Files.createDirectory(place.resolve("tree"));
        for (int i = 0; i <= FILES; i++) {
            byte[] bytes = new byte[i < FILES ? FILE_BYTES : LARGE_BYTES];
            random.nextBytes(bytes);
            Files.write(tree.resolve("file" + i), bytes);
        }
        return place;
    }

    private static void kill(String work, Path place, long seed, long point) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWork.class.getName(),
                        work,
                        place.toString(),
                        "" + seed,
                        "" + point);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            out.readLine(); // none if it ended before the point
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static DirectoryStore open(Path place) throws IOException {
        return DirectoryStore.open(
                new RealDisk(),
                place.resolve("store"),
                InstantSource.system(),
                new SplittableRandom(SEED + 1));
    }

    private LayerStore layers(DirectoryStore store) {
        return new LayerStore(store, InstantSource.system(), new SplittableRandom(layersSeed++));
    }

    private Pushed push(Path place, String memory) throws IOException {
        try (DirectoryStore store = open(place)) {
            return new TreePush(
                            layers(store),
                            "store",
                            new RealDisk(),
                            place.resolve(memory),
                            InstantSource.system())
                    .push(
                            place.resolve("tree"),
                            "a",
                            WalkSettings.DEFAULT,
                            KilledWork.SETTINGS,
                            new PushProgress(),
                            warning -> {});
        }
    }

    private static long packBytes(Path place) throws IOException {
        Path packs = place.resolve("store/packs");
        if (!Files.exists(packs)) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> files = Files.walk(packs)) {
            for (Path file : files.filter(LayerKillTest::isPack).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /// Half a pack is in a file with another name.
    private static boolean isPack(Path file) {
        return Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".");
    }

    private void assertComplete(Path place, String what) throws IOException {
        try (DirectoryStore store = open(place)) {
            LayerStore layers = layers(store);
            assertThat(layers.verify().findings()).as(what).isEqualTo(List.of());
            Path copy = place.resolve("copy");
            new TreePull(layers.open("a"), new RealDisk(), PullSettings.defaults())
                    .pull(copy, ExtractionSettings.DEFAULT, bytes -> {}, warning -> {});
            assertThat(TreeArchive.bytes(copy))
                    .as(what)
                    .isEqualTo(TreeArchive.bytes(place.resolve("tree").toRealPath()));
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
