package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies the files of a catalog before each step that our own code takes, makes the states that SQLite's steps can
/// leave from those copies, and opens each.
///
/// Another seed: `-Dsiltstone.test.seed=N`; more of them: `-Dsiltstone.test.seeds=N`.
class CatalogCrashTest {
    private static final int STREAMS = 300;
    private static final int PASSES = 12;
    private static final CatalogSettings SETTINGS = CatalogSettings.defaults().unforced();
    private static final long SEED = Long.getLong("siltstone.test.seed", 1);
    private static final int SEEDS = Integer.getInteger("siltstone.test.seeds", 1);

    @TempDir Path directory;

    private final CatalogHistory history = new CatalogHistory(STREAMS);
    private int copies;

    /// What lay in the directory, and how many passes were acknowledged.
    private record Copy(String step, int acknowledged, Map<String, byte[]> files) {
        byte[] file(String name) {
            return files.getOrDefault(name, new byte[0]);
        }

        Copy with(String what, String name, byte[] bytes) {
            Map<String, byte[]> changed = new HashMap<>(files);
            changed.put(name, bytes);
            return new Copy(step + ", " + what, acknowledged, changed);
        }
    }

    private final List<Copy> taken = new ArrayList<>();
    private int acknowledged;

    @Test
    void whatWasAcknowledgedIsThereAfterACrashAtAnyStep() throws IOException {
        for (long seed = SEED; seed < SEED + SEEDS; seed++) {
            run(seed);
        }
    }

    private void run(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        taken.clear();
        acknowledged = 0;
        Path live = directory.resolve("live" + seed);
        Files.createDirectories(live);
        Catalog catalog = open(live, random);
        for (int pass = 1; pass <= PASSES; pass++) {
            history.settle(catalog, pass);
            acknowledged = pass;
            copy(live, "after pass " + pass);
            if (random.nextInt(4) == 0) {
                catalog.checkpoint();
                copy(live, "after a checkpoint behind pass " + pass);
            }
            if (random.nextInt(5) == 0) {
                catalog.close();
                copy(live, "after a close behind pass " + pass);
                catalog = open(live, random);
            } else if (random.nextInt(5) == 0) {
                catalog.abandon();
                catalog = open(live, random);
            }
        }
        catalog.close();
        List<Copy> states = new ArrayList<>(taken);
        for (int i = 1; i < taken.size(); i++) {
            states.addAll(between(taken.get(i - 1), taken.get(i), random));
        }
        for (Copy state : states) {
            check(seed, state);
        }
    }

    private Catalog open(Path live, SplittableRandom random) throws IOException {
        long walBytesMax = random.nextInt(2) == 0 ? 0 : 200_000;
        return Catalog.open(watched(live), live, SETTINGS.withWalBytesMax(walBytesMax));
    }

    /// A disk that copies the directory before each change.
    private Disk watched(Path live) {
        return proxy(Disk.class, new RealDisk(), live);
    }

    private <T> T proxy(Class<T> type, T target, Path live) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            switch (method.getName()) {
                                case "create",
                                        "rename",
                                        "delete",
                                        "write",
                                        "force",
                                        "forceDirectory" ->
                                        copy(live, "before " + method.getName());
                                default -> {}
                            }
                            try {
                                Object result = method.invoke(target, arguments);
                                return result instanceof DiskFile file
                                        ? proxy(DiskFile.class, file, live)
                                        : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private void copy(Path live, String step) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (var entries = Files.list(live)) {
            for (Path entry : entries.toList()) {
                if (!entry.toString().endsWith("-shm")) {
                    files.put(entry.getFileName().toString(), Files.readAllBytes(entry));
                }
            }
        }
        taken.add(new Copy(taken.size() + " " + step, acknowledged, files));
    }

    /// States between two copies: a checkpoint copied some of the pages; the WAL is written in part.
    private static List<Copy> between(Copy before, Copy after, SplittableRandom random) {
        List<Copy> states = new ArrayList<>();
        byte[] old = before.file("catalog.db");
        byte[] now = after.file("catalog.db");
        byte[] oldWal = before.file("catalog.db-wal");
        byte[] wal = after.file("catalog.db-wal");
        if (Arrays.equals(oldWal, wal) && old.length > 0 && !Arrays.equals(old, now)) {
            states.add(before.with("half a checkpoint", "catalog.db", mixed(old, now, random)));
        }
        if (wal.length > 0 && !Arrays.equals(oldWal, wal) && Arrays.equals(old, now)) {
            int cut = random.nextInt(wal.length);
            byte[] torn = Arrays.copyOf(oldWal, Math.max(oldWal.length, cut));
            System.arraycopy(wal, 0, torn, 0, cut);
            boolean beganAnew = oldWal.length >= 32 && !Arrays.equals(oldWal, 0, 32, wal, 0, 32);
            if (cut >= 32 || !beganAnew) {
                states.add(before.with("WAL written up to " + cut, "catalog.db-wal", torn));
            }
        }
        return states;
    }

    private static byte[] mixed(byte[] old, byte[] now, SplittableRandom random) {
        byte[] mixed = Arrays.copyOf(old, random.nextBoolean() ? now.length : old.length);
        for (int at = 0; at < mixed.length; at += CatalogSchema.PAGE_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(now, at, mixed, at, CatalogSchema.PAGE_BYTES);
            }
        }
        return mixed;
    }

    private void check(long seed, Copy state) throws IOException {
        Path place = directory.resolve("copy" + copies++);
        Files.createDirectories(place);
        for (Map.Entry<String, byte[]> file : state.files().entrySet()) {
            Files.write(place.resolve(file.getKey()), file.getValue());
        }
        try (Catalog catalog = Catalog.open(place, SETTINGS.withWalBytesMax(0))) {
            int passes = CatalogHistory.passes(catalog);
            assertThat(passes).isBetween(state.acknowledged(), state.acknowledged() + 1);
            history.check(catalog, passes);
            history.settle(catalog, passes + 1);
            history.check(catalog, passes + 1);
        } catch (IOException | AssertionError e) {
            throw new AssertionError(
                    "seed %d, step %s; again with -Dsiltstone.test.seed=%d -Dsiltstone.test.seeds=1"
                            .formatted(seed, state.step(), seed),
                    e);
        }
        try (Catalog catalog = Catalog.open(place, SETTINGS)) {
            history.check(catalog, CatalogHistory.passes(catalog));
        }
    }
}
