package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.FaultyStore.Fault;
import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.ObjectStoreException;
import dev.siltstone.objectstore.Retries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Uploads through a store that loses requests and answers, with crashes, outages, merges and retention in
/// between: nothing is lost, nothing doubled, and what is confirmed is there. Then two writers, of which one
/// must win everything. Repeat one seed with `-Dsiltstone.seed=N`.
class UploadFaultsTest {
    private static final HexNames NAMES = new HexNames(3);
    private static final RemoteSettings SETTINGS =
            RemoteSettings.ofTimeName("test-time").withPartBytes(300);
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");
    private static final int STEPS = 120;

    static LongStream seeds() {
        return seeds(LONG ? 5_000 : 100);
    }

    static LongStream raceSeeds() {
        return seeds(LONG ? 20_000 : 500);
    }

    private static LongStream seeds(int count) {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, count) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void losesNothingAndDoublesNothing(long seed) throws IOException {
        new Run(seed).go();
    }

    private static void makeFaulty(FaultyStore faulty, long seed, double probability) {
        faulty.failAtRandom(
                seed,
                probability,
                Fault.UNAVAILABLE,
                Fault.LOST_BEFORE,
                Fault.LOST_AFTER,
                Fault.TRUNCATED);
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final MemoryStore memory = new MemoryStore(new ManualClock());
        private final FaultyStore faulty = new FaultyStore(memory);
        private final Map<RangeId, String> written = new HashMap<>();
        private SimulatedDisk disk = new SimulatedDisk();
        private LocalRanges local;
        private RemoteRanges remote;
        private UploadBacklog backlog;
        private long next = 1;
        private long merged = 1;
        private long confirmedEnd;

        Run(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            open();
        }

        private void open() throws IOException {
            faulty.recover();
            ObjectStore store = random.nextBoolean() ? faulty : new Retries().around(faulty, 3);
            local = LocalRanges.open(disk, Path.of("/local"), NAMES);
            remote = RemoteRanges.open(store, "", NAMES, SETTINGS);
            backlog = UploadBacklog.open(local, remote, 0, 2_000, local::attributes);
            makeFaulty(faulty, seed, 0.1);
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            faulty.recover();
            while (backlog.uploadNext()) {
                check();
            }
            assertThat(backlog.confirmedEnd()).as("seed %d", seed).isEqualTo(next);
            for (var file : written.entrySet()) {
                assertThat(isThere(file.getKey(), file.getValue()))
                        .as("seed %d: %s is there", seed, file.getKey())
                        .isTrue();
            }
        }

        private void step() throws IOException {
            switch (random.nextInt(16)) {
                case 0 -> {
                    disk = random.nextBoolean() ? disk.kill() : disk.crash(random);
                    open();
                }
                case 1 -> faulty.goAway();
                case 2, 3 -> makeFaulty(faulty, random.nextLong(), 0.1);
                case 4 -> merge();
                case 5 -> local.evict(500, backlog::isConfirmed);
                case 6, 7, 8, 9 -> write();
                default -> upload();
            }
        }

        private void write() throws IOException {
            if (backlog.isFull()) {
                return;
            }
            RangeId id = id(0, next, next);
            String text = ("file " + next + " ").repeat(1 + random.nextInt(60));
            backlog.add(put(local, id, text, Instant.ofEpochMilli(next), Map.of("n", "" + next)));
            written.put(id, text);
            next++;
        }

        private void upload() throws IOException {
            try {
                backlog.uploadNext();
            } catch (ObjectStoreException e) {
                assertThat(e.retryHelps()).as("seed %d: %s", seed, e).isTrue();
            }
        }

        /// Puts a file of level 1 for what is confirmed, and drops what it was made of.
        private void merge() throws IOException {
            long end = backlog.confirmedEnd();
            if (end - merged < 3) {
                return;
            }
            try {
                String text = "merged %d to %d".formatted(merged, end - 1);
                remote.put(
                        id(1, merged, end - 1),
                        ObjectBody.of(text.getBytes(UTF_8)),
                        Instant.EPOCH,
                        Map.of());
                merged = end;
                remote.retain(Retention.upTo(0, end - 1, 1));
                local.retain(Retention.upTo(0, end - 1, 1));
            } catch (IOException e) {
                faulty.recover();
                remote.refresh(1); // it may be there; if not, it is put again with more
                merged = remote.known().newest(1).map(file -> file.id().last() + 1).orElse(merged);
            }
        }

        private void check() throws IOException {
            assertThat(backlog.confirmedEnd())
                    .as("seed %d: confirmed", seed)
                    .isGreaterThanOrEqualTo(confirmedEnd);
            confirmedEnd = backlog.confirmedEnd();
            for (var file : written.entrySet()) {
                if (file.getKey().last() < confirmedEnd) {
                    assertThat(isThere(file.getKey(), file.getValue()))
                            .as("seed %d: %s was confirmed", seed, file.getKey())
                            .isTrue();
                }
            }
            for (ListedObject object : memory.list("", null).objects()) {
                RangeId id = NAMES.idOf(object.key().value()).orElseThrow();
                assertThat(id.level() == 1 || written.containsKey(id))
                        .as("seed %d: nobody wrote %s", seed, id)
                        .isTrue();
            }
        }

        private boolean isThere(RangeId id, String text) throws IOException {
            KnownRanges there = new KnownRanges(NAMES.levels());
            for (ListedObject object : memory.list("", null).objects()) {
                RangeId found = NAMES.idOf(object.key().value()).orElseThrow();
                if (found.equals(id)) {
                    return new String(memory.get(object.key()).readAll(), UTF_8).equals(text);
                }
                there.add(new RangeFile(found, object.bytes(), object.modified()));
            }
            return there.cover(id.first(), id.last());
        }
    }

    /// Two processes that do not know of each other upload other bytes under the same names, each restarted now
    /// and then.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("raceSeeds")
    void ofTwoWritersOneWinsEverything(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        FaultyStore faulty = new FaultyStore(new MemoryStore(new ManualClock()));
        List<Writer> writers =
                List.of(new Writer("A", faulty, random), new Writer("B", faulty, random));
        makeFaulty(faulty, seed, 0.3);
        for (int step = 0; step < 60; step++) {
            writers.get(random.nextInt(2)).step();
        }
        faulty.recover();
        writers.forEach(Writer::finish);

        List<String> names = writers.stream().filter(w -> !w.hasLost).map(w -> w.name).toList();
        assertThat(names).as("winners of seed %d", seed).hasSize(1);
        for (ListedObject object : faulty.list("", null).objects()) {
            assertThat(new String(faulty.get(object.key()).readAll(), UTF_8))
                    .as("seed %d: %s", seed, object.key())
                    .startsWith(names.getFirst());
        }
        assertThat(faulty.list("", null).objects()).hasSize(10);
    }

    private static final class Writer {
        private final String name;
        private final FaultyStore faulty;
        private final SplittableRandom random;
        private final SimulatedDisk disk = new SimulatedDisk();
        private UploadBacklog backlog;
        private boolean hasLost;

        Writer(String name, FaultyStore faulty, SplittableRandom random) throws IOException {
            this.name = name;
            this.faulty = faulty;
            this.random = random;
            LocalRanges local = LocalRanges.open(disk, Path.of("/local"), NAMES);
            for (int i = 1; i <= 10; i++) {
                put(local, id(0, i, i), name + i);
            }
            open();
        }

        private void open() throws IOException {
            LocalRanges local = LocalRanges.open(disk, Path.of("/local"), NAMES);
            ObjectStore store = random.nextBoolean() ? faulty : new Retries().around(faulty, 2);
            backlog =
                    UploadBacklog.open(
                            local,
                            RemoteRanges.open(store, "", NAMES, SETTINGS),
                            0,
                            1000,
                            file -> Map.of());
        }

        void step() {
            if (hasLost) {
                return;
            }
            try {
                if (random.nextInt(5) == 0) {
                    open();
                } else {
                    backlog.uploadNext();
                }
            } catch (RangeTakenException e) {
                hasLost = true;
            } catch (ObjectStoreException e) {
                assertThat(e.retryHelps()).as(e.toString()).isTrue();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void finish() {
            while (!hasLost && backlog.pendingFiles() > 0) {
                step();
            }
        }
    }
}
