package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Flipped bits. Another seed: `-Dsiltstone.test.seed=N`; every byte: `-Dsiltstone.test.flips.step=1`.
class CatalogFlipTest {
    private static final int STREAMS = 200;
    private static final CatalogSettings SETTINGS = CatalogSettings.defaults().unforced();
    private static final long SEED = Long.getLong("siltstone.test.seed", 1);
    private static final int STEP = Integer.getInteger("siltstone.test.flips.step", 61);
    private static final List<String> FILES =
            List.of("catalog.db", "catalog.sums", "catalog.db-wal");

    @TempDir Path directory;

    private final CatalogHistory history = new CatalogHistory(STREAMS);
    private final SplittableRandom random = new SplittableRandom(SEED);

    private void make(int passes, int checkpointAfter) throws IOException {
        Catalog catalog = Catalog.open(directory, SETTINGS);
        for (int pass = 1; pass <= passes; pass++) {
            history.settle(catalog, pass);
            if (pass == checkpointAfter) {
                catalog.checkpoint();
            }
        }
        catalog.abandon();
    }

    @Test
    void everyFlipInADatabaseWhoseWalIsEmptyIsNamed() throws IOException {
        make(5, 0);
        Catalog.open(directory, SETTINGS).close();
        assertThat(directory.resolve("catalog.db-wal")).isEmptyFile();
        everyFlipIsNamed("catalog.db");
        everyFlipIsNamed("catalog.sums");
    }

    @Test
    void everyFlipInAWalThatIsInTheDatabaseAlreadyIsNamed() throws IOException {
        make(4, 4);
        everyFlipIsNamed("catalog.db-wal");
    }

    /// On a copy in memory, which is faster by far.
    private void everyFlipIsNamed(String name) throws IOException {
        var disk = new SimulatedDisk();
        Path place = Path.of("/data");
        disk.createDirectories(place);
        for (String file : FILES) {
            try (DiskFile copy = disk.create(place.resolve(file))) {
                copy.write(ByteBuffer.wrap(Files.readAllBytes(directory.resolve(file))), 0);
            }
        }
        byte[] bytes = Files.readAllBytes(directory.resolve(name));
        assertThat(damages(disk, place)).isEmpty();
        try (DiskFile file = disk.open(place.resolve(name))) {
            for (int at = random.nextInt(STEP);
                    at < bytes.length;
                    at += 1 + random.nextInt(2 * STEP)) {
                byte flipped = (byte) (bytes[at] ^ 1 << random.nextInt(8));
                file.write(ByteBuffer.wrap(new byte[] {flipped}), at);
                assertThat(damages(disk, place))
                        .as("seed %d, byte %d of %s", SEED, at, name)
                        .isNotEmpty()
                        .allMatch(damage -> damage.startsWith(place.resolve(name).toString()));
                file.write(ByteBuffer.wrap(new byte[] {bytes[at]}), at);
            }
        }
    }

    private static List<String> damages(SimulatedDisk disk, Path place) throws IOException {
        List<String> damages = new ArrayList<>();
        try {
            var _ =
                    new CatalogCheck(
                                    new CatalogFiles(disk, place, false),
                                    damage -> damages.add(damage.getMessage()))
                            .run();
        } catch (CatalogDamagedException e) {
            damages.add(e.getMessage());
        }
        return damages;
    }

    @Test
    void aFlipInAWalIsNamedOrLeavesAnEarlierStateWhole() throws IOException {
        make(6, 2); // the sums contain the first two passes of this very WAL
        flipsOfTheWal(2);
    }

    @Test
    void aFlipInAWalOfWhichHalfIsCopiedIsNamedOrLeavesAnEarlierStateWhole() throws IOException {
        make(6, 2);
        byte[] before = Files.readAllBytes(directory.resolve("catalog.db"));
        byte[] sums = Files.readAllBytes(directory.resolve("catalog.sums"));
        byte[] wal = Files.readAllBytes(directory.resolve("catalog.db-wal"));
        Catalog catalog = Catalog.open(directory, SETTINGS);
        catalog.checkpoint();
        catalog.abandon();
        byte[] after = Files.readAllBytes(directory.resolve("catalog.db"));
        for (int at = 0; at < before.length; at += CatalogSchema.PAGE_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(before, at, after, at, CatalogSchema.PAGE_BYTES);
            }
        }
        Files.write(directory.resolve("catalog.db"), after);
        Files.write(directory.resolve("catalog.sums"), sums);
        Files.write(directory.resolve("catalog.db-wal"), wal);
        flipsOfTheWal(2);
    }

    private void flipsOfTheWal(int inSums) throws IOException {
        byte[] wal = Files.readAllBytes(directory.resolve("catalog.db-wal"));
        int named = 0;
        for (int i = 0; i < 60; i++) {
            int at = i < 24 ? i : random.nextInt(wal.length);
            byte[] flipped = wal.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Path place = directory.resolve("flip" + i);
            Files.createDirectories(place);
            Files.copy(directory.resolve("catalog.db"), place.resolve("catalog.db"));
            Files.copy(directory.resolve("catalog.sums"), place.resolve("catalog.sums"));
            Files.write(place.resolve("catalog.db-wal"), flipped);
            try (Catalog catalog = Catalog.open(place, SETTINGS)) {
                int passes = CatalogHistory.passes(catalog);
                assertThat(passes).as("byte %d", at).isBetween(inSums, 5);
                history.check(catalog, passes);
            } catch (CatalogDamagedException e) {
                named++;
            }
        }
        assertThat(named).isGreaterThan(24);
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        make(3, 2);
        Path sums = directory.resolve("catalog.sums");
        Path kept = directory.resolve("kept");
        Files.move(sums, kept);
        assertThatThrownBy(() -> Catalog.open(directory, SETTINGS))
                .isInstanceOf(CatalogDamagedException.class)
                .hasMessageContaining("catalog.sums: is missing");
        Files.move(kept, sums);
        Files.move(directory.resolve("catalog.db"), kept);
        assertThatThrownBy(() -> Catalog.open(directory, SETTINGS))
                .isInstanceOf(CatalogDamagedException.class)
                .hasMessageContaining("catalog.db: is missing");
    }

    @Test
    void aDatabaseThatWasCutIsNamed() throws IOException {
        make(3, 3);
        Path database = directory.resolve("catalog.db");
        byte[] bytes = Files.readAllBytes(database);
        Catalog.open(directory, SETTINGS).close();
        for (int cut : new int[] {bytes.length - 1, bytes.length - 4096, 4096, 0}) {
            Files.write(database, java.util.Arrays.copyOf(bytes, cut));
            assertThatThrownBy(() -> Catalog.open(directory, SETTINGS))
                    .isInstanceOf(CatalogDamagedException.class)
                    .hasMessageContaining("catalog.db");
        }
    }
}
