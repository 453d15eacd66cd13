package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.put;
import static dev.siltstone.rangestore.TextFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets the power fail after every operation: every finished file is there, whole, with its time and
/// attributes; one being finished is there whole or not at all; a deleted one may come back, whole. What an open
/// showed stays. Repeat one seed with `-Dsiltstone.seed=N`.
class LocalRangesCrashTest {
    private static final Path DIRECTORY = Path.of("/ranges");
    private static final HexNames NAMES = new HexNames(3);
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 2_000 : 30;
    private static final int STEPS = 40;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsWhatWasFinished(long seed) throws IOException {
        Run run = new Run(seed);
        run.go();

        assertThat(run.crashes).as("crash points of seed %d", seed).isGreaterThan(50);
    }

    private record Content(String text, Instant created, Map<String, String> attributes) {}

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final Map<RangeId, Content> finished = new HashMap<>();

        /// Being finished, or being deleted, or deleted without a force since: there, or not.
        private final Map<RangeId, Content> possible = new HashMap<>();

        private SimulatedDisk disk = new SimulatedDisk();
        private LocalRanges ranges;
        private long next = 1;
        private int crashes;

        Run(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.ranges = LocalRanges.open(disk, DIRECTORY, NAMES);
            disk.observe(this::crashHere);
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                try {
                    switch (random.nextInt(12)) {
                        case 0 -> reopen(disk.kill());
                        case 1 -> reopen(disk.crash(random));
                        case 2 -> planFault();
                        case 3, 4 -> delete();
                        default -> finish();
                    }
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("planned");
                    reopen(random.nextBoolean() ? disk.kill() : disk.crash(random));
                }
            }
        }

        private void finish() throws IOException {
            long first = next++;
            RangeId id = id(random.nextInt(3), first, first + random.nextInt(3));
            Content content =
                    new Content(
                            (first + " ").repeat(random.nextInt(500)),
                            Instant.ofEpochMilli(random.nextInt(1_000_000)),
                            Map.of("of", Long.toString(first)));
            possible.put(id, content);
            put(ranges, id, content.text, content.created, content.attributes);
            possible.remove(id);
            finished.put(id, content);
        }

        private void delete() throws IOException {
            Retention rule = Retention.upTo(random.nextInt(3), random.nextLong(next), 1);
            Set<RangeId> going =
                    new HashSet<>(
                            ranges.known().oldest(rule.level(), rule.keepNewest(), rule.mayGo()));
            for (RangeId id : going) {
                possible.put(id, finished.remove(id));
            }
            ranges.retain(rule);
            going.forEach(possible::remove);
        }

        private void planFault() {
            Operation[] operations = {
                Operation.WRITE,
                Operation.FORCE,
                Operation.RENAME,
                Operation.SET_METADATA,
                Operation.FORCE_DIRECTORY,
                Operation.CREATE,
                Operation.DELETE
            };
            disk.fail(
                    operations[random.nextInt(operations.length)],
                    1 + random.nextInt(3),
                    "planned");
        }

        private void reopen(SimulatedDisk found) throws IOException {
            disk = found;
            ranges = LocalRanges.open(disk, DIRECTORY, NAMES);
            check(ranges, "reopened");
            possible.clear();
            Map<RangeId, Content> seen = contents(ranges);
            finished.clear();
            finished.putAll(seen);
            disk.observe(this::crashHere);
        }

        private void crashHere(Operation operation, Path path) {
            crashes++;
            String where =
                    "seed %d, crash %d after %s %s".formatted(seed, crashes, operation, path);
            try {
                SimulatedDisk image = random.nextInt(6) == 0 ? disk.kill() : disk.crash(random);
                LocalRanges opened = LocalRanges.open(image, DIRECTORY, NAMES);
                check(opened, where);
                LocalRanges again = LocalRanges.open(image.crash(random), DIRECTORY, NAMES);
                assertThat(contents(again))
                        .as("%s: what an open showed", where)
                        .isEqualTo(contents(opened));
            } catch (IOException e) {
                throw new AssertionError(where, e);
            }
        }

        private void check(LocalRanges opened, String where) throws IOException {
            Map<RangeId, Content> found = contents(opened);
            assertThat(found.entrySet()).as(where).containsAll(finished.entrySet());
            for (var file : found.entrySet()) {
                assertThat(file.getValue())
                        .as("%s: %s", where, file.getKey())
                        .isIn(finished.get(file.getKey()), possible.get(file.getKey()));
            }
        }

        private static Map<RangeId, Content> contents(LocalRanges opened) throws IOException {
            Map<RangeId, Content> contents = new HashMap<>();
            for (int level = 0; level < NAMES.levels(); level++) {
                for (RangeFile file : opened.known().list(level)) {
                    contents.put(
                            file.id(),
                            new Content(
                                    read(opened, file.id()),
                                    file.created(),
                                    opened.attributes(file.id())));
                }
            }
            return contents;
        }
    }
}
