package dev.siltstone.layer.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.TreeArchive;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.DirectoryStore;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Whole processes killed with `kill -9` while they push. More of them: `-Dsiltstone.layer.kills=200`; another order:
/// `-Dsiltstone.layer.seed=N`.
@EnabledOnOs(OS.LINUX)
class TreePushKillTest {
    private static final int KILLS = Integer.getInteger("siltstone.layer.kills", 3);
    private static final long SEED = Long.getLong("siltstone.layer.seed", 7);
    private static final int FILES = 24;
    private static final int FILE_BYTES = 1 << 20;
    private static final int PACK_BYTES = 1 << 20;

    @TempDir Path directory;

    @Test
    void thePushAfterAKillCompletesAndSendsOnlyWhatWasInFlight() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int kill = 0; kill < KILLS; kill++) {
            Path place = Files.createDirectory(directory.resolve("kill" + kill));
            Path tree = makeTree(place, random);
            int packs = 1 + random.nextInt(FILES - 4);
            boolean isMemoryLost = random.nextBoolean();
            killAfter(packs, place, random.nextLong());

            Pushed pushed = push(place, isMemoryLost ? "other" : "memory");

            long whole = (long) FILES * FILE_BYTES;
            long inFlight = 5L * PACK_BYTES;
            assertThat(pushed.sentBytes())
                    .as("seed %d, kill %d after %d packs", SEED, kill, packs)
                    .isLessThan(whole - (long) packs * PACK_BYTES + inFlight);
            assertComplete(place, tree);
        }
    }

    private static Path makeTree(Path place, SplittableRandom random) throws IOException {
        Path tree = Files.createDirectory(place.resolve("tree"));
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            Files.write(tree.resolve("file" + i), bytes);
        }
        return tree;
    }

    private static void killAfter(int packs, Path place, long seed) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path").replace(":", File.pathSeparator),
                        KilledPush.class.getName(),
                        place.resolve("tree").toString(),
                        place.resolve("store").toString(),
                        place.resolve("memory").toString(),
                        "" + seed);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.equals("pack " + packs)) {
                line = out.readLine();
            }
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

    private static Pushed push(Path place, String memory) throws IOException {
        try (DirectoryStore store = open(place)) {
            LayerStore layers =
                    new LayerStore(store, InstantSource.system(), new SplittableRandom(SEED + 2));
            return new TreePush(
                            layers,
                            "store",
                            new RealDisk(),
                            place.resolve(memory),
                            InstantSource.system())
                    .push(
                            place.resolve("tree"),
                            "a",
                            WalkSettings.DEFAULT,
                            PushSettings.defaults().withPackBytes(PACK_BYTES),
                            new PushProgress(),
                            warning -> {});
        }
    }

    private static void assertComplete(Path place, Path tree) throws IOException {
        try (DirectoryStore store = open(place)) {
            LayerStore layers =
                    new LayerStore(store, InstantSource.system(), new SplittableRandom(SEED + 3));
            assertThat(layers.verify().findings()).isEqualTo(List.of());
            Path copy = place.resolve("copy");
            new TreePull(layers.open("a"), new RealDisk(), PullSettings.defaults())
                    .pull(copy, ExtractionSettings.DEFAULT, bytes -> {}, warning -> {});
            assertThat(TreeArchive.bytes(copy)).isEqualTo(TreeArchive.bytes(tree));
        }
    }
}
