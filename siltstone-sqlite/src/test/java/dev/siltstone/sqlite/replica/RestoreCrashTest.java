package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.rangestore.RemoteRanges;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets the power fail, or the process die, after every single operation on the disk of a restore, and restores
/// again from what is left: at first without force, and with newer files there. The database has its name only
/// if it is whole, an old one is never there with what belongs to the new one or without what belongs to it.
/// Repeat one seed with `-Dsiltstone.seed=N`.
class RestoreCrashTest {
    private static final Path OUTPUT = Path.of("/data/app.db");
    private static final Path WAL = Path.of("/data/app.db-wal");
    private static final byte[] OLD = {1, 2, 3};
    private static final byte[] OLD_WAL = {4, 5};
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 200 : 3;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void goesOnAfterEveryCrash(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MadeHistory history = new MadeHistory(seed, 512, 40).upTo(9);
        MadeReplica before = new MadeReplica(history, LitestreamNames.FILES);
        before.put(9, 1, 4).put(1, 5, 6).put(0, 7, 7);
        MadeReplica after = new MadeReplica(history, LitestreamNames.FILES);
        after.put(9, 1, 4).put(1, 5, 8).put(0, 9, 9);
        boolean replaces = random.nextBoolean();
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(OUTPUT.getParent());
        if (replaces) {
            disk.put(OUTPUT, OLD);
            disk.put(WAL, OLD_WAL);
        }
        List<SimulatedDisk> crashed = new ArrayList<>();
        disk.observe((operation, path) ->
                crashed.add(random.nextBoolean() ? disk.kill() : disk.crash(random)));
        restore(before, disk, replaces);

        assertThat(crashed).hasSizeGreaterThan(30);
        long reused = 0;
        for (int i = 0; i < crashed.size(); i++) {
            String what = "operation %d of seed %d".formatted(i, seed);
            SimulatedDisk found = crashed.get(i);
            assertWhole(found, history, what);
            boolean moved = random.nextBoolean();
            Restored restored = restore(moved ? after : before, found, true);
            reused += restored.reusedBytes();
            assertThat(found.bytes(OUTPUT)).as(what).isEqualTo(history.state(moved ? 9 : 7));
            assertThat(found.files())
                    .as(what)
                    .allMatch(file ->
                            file.equals(OUTPUT) || file.toString().contains("-litestream/ltx/0"));
        }
        assertThat(reused).as("seed %d", seed).isPositive();
    }

    private static void assertWhole(SimulatedDisk disk, MadeHistory history, String what) {
        if (!disk.exists(OUTPUT)) {
            return;
        }
        byte[] bytes = disk.bytes(OUTPUT);
        if (bytes.length == OLD.length) {
            assertThat(bytes).as(what).isEqualTo(OLD);
            assertThat(disk.bytes(WAL)).as(what).isEqualTo(OLD_WAL);
        } else {
            assertThat(bytes).as(what).isEqualTo(history.state(7));
            assertThat(disk.exists(WAL)).as(what).isFalse();
        }
    }

    private static Restored restore(MadeReplica replica, SimulatedDisk disk, boolean force)
            throws IOException {
        RemoteRanges remote = replica.open();
        RestoreSettings settings = RestoreSettings.DEFAULT.withRangeBytes(1024).withParallelism(1);
        return new Restore(remote, disk, settings, RestoredPosition.NONE)
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), OUTPUT).withForce(force),
                        RestoreListener.NONE);
    }
}
