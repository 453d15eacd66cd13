package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets the power fail after every single operation of seeded runs, and looks at what is left: every
/// acknowledged entry is there once and in order, nothing was invented, and a batch is there whole or not at
/// all. Repeat one seed with `-Dsiltstone.seed=N`.
class JournalCrashTest {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 2_000 : 16;
    private static final int STEPS = 60;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsWhatWasAcknowledged(long seed) throws IOException {
        Run run = new Run(seed);
        run.go();

        assertThat(run.crashes).as("crash points of seed %d", seed).isGreaterThan(100);
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final JournalSettings settings;
        private SimulatedDisk disk = new SimulatedDisk();
        private Journal journal;

        /// What must be found.
        private final TreeMap<Long, String> acknowledged = new TreeMap<>();

        /// What may be found after it: all or nothing.
        private final TreeMap<Long, String> inFlight = new TreeMap<>();

        /// Before this anything may be missing.
        private long dropped;

        private int next;
        private int crashes;

        Run(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.settings =
                    JournalSettings.ofFileBytes(4096)
                            .withoutBackground()
                            .withFreeBytesReserve(0)
                            .withRecycledFilesMax(random.nextInt(3));
            this.journal = reopen();
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                } catch (JournalFailedException e) {
                    disk = disk.kill();
                    journal = reopen();
                }
            }
        }

        private void step() throws IOException {
            switch (random.nextInt(20)) {
                case 0 -> journal.mark();
                case 1 -> prepare();
                case 2 -> drop();
                case 3 -> {
                    journal.close();
                    journal = reopen();
                }
                case 4 -> {
                    disk = disk.kill();
                    journal = reopen();
                }
                case 5 -> {
                    disk = disk.crash(random);
                    journal = reopen();
                }
                case 6 -> planFault();
                case 7 -> runOutOfSpace();
                default -> append();
            }
        }

        private void append() throws JournalFailedException {
            int entries = 1 + random.nextInt(4);
            for (int i = 0; i < entries; i++) {
                int bytes = 10 + random.nextInt(random.nextInt(4) == 0 ? 2500 : 300);
                switch (journal.room(bytes)) {
                    case FITS -> stage(bytes);
                    case AFTER_COMMIT -> {
                        commit();
                        i--;
                    }
                    case NO_SPACE -> {
                        disk.limitCapacity(Long.MAX_VALUE);
                        i--;
                    }
                }
            }
            commit();
        }

        private void stage(int bytes) {
            char filling = random.nextBoolean() ? '\0' : (char) ('a' + random.nextInt(26));
            String text = next++ + ":" + ("" + filling).repeat(bytes - 9);
            byte[] payload = text.getBytes(UTF_8);
            journal.beginEntry(bytes).put(payload);
            inFlight.put(journal.endEntry(), text);
        }

        private void commit() throws JournalFailedException {
            journal.commit();
            acknowledged.putAll(inFlight);
            inFlight.clear();
        }

        private void prepare() throws IOException {
            try {
                journal.prepareNext();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("planned"); // it may be tried again
            }
        }

        private void drop() throws IOException {
            List<Long> starts = journal.fileStarts();
            long position = starts.get(random.nextInt(starts.size()));
            dropped = Math.max(dropped, position);
            try {
                journal.dropBefore(position);
            } catch (JournalFailedException e) {
                throw e;
            } catch (IOException e) {
                assertThat(e)
                        .hasMessageContaining("planned"); // nothing is lost; it may be tried again
            }
        }

        private void planFault() {
            Operation[] operations = {
                Operation.WRITE,
                Operation.FORCE,
                Operation.RENAME,
                Operation.FORCE_DIRECTORY,
                Operation.CREATE,
                Operation.DELETE
            };
            disk.fail(
                    operations[random.nextInt(operations.length)],
                    1 + random.nextInt(6),
                    "planned");
        }

        private void runOutOfSpace() throws IOException {
            disk.limitCapacity(disk.usedBytes() + random.nextInt(2 * 4096));
            for (int i = 0; i < 3; i++) {
                append();
            }
            disk.limitCapacity(Long.MAX_VALUE);
        }

        /// Opens the journal as the next process does, and goes on from what it found.
        private Journal reopen() throws IOException {
            disk.observe((operation, path) -> {});
            disk.limitCapacity(Long.MAX_VALUE);
            Replayed replayed = new Replayed(dropped);
            disk.observe(this::crashHere);
            Journal opened = openPersistently(replayed);
            check(replayed, "reopened");
            acknowledged.clear();
            acknowledged.putAll(replayed.entries);
            inFlight.clear();
            return opened;
        }

        /// A planned fault may still lie ahead.
        private Journal openPersistently(Replayed replayed) throws IOException {
            while (true) {
                try {
                    replayed.entries.clear();
                    replayed.files.clear();
                    return open(disk, replayed);
                } catch (JournalDamagedException e) {
                    throw e;
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("planned");
                    disk = disk.kill();
                    disk.observe(this::crashHere);
                }
            }
        }

        private Journal open(SimulatedDisk image, Replayed replayed) throws IOException {
            image.limitCapacity(Long.MAX_VALUE);
            return Journal.open(
                    image, DIRECTORY, settings, new SplittableRandom(random.nextLong()), replayed);
        }

        /// The power fails now: whatever is left must open, and hold what it must.
        private void crashHere(Operation operation, Path path) {
            crashes++;
            String where =
                    "seed %d, crash %d after %s %s".formatted(seed, crashes, operation, path);
            try {
                SimulatedDisk image = random.nextInt(8) == 0 ? disk.kill() : disk.crash(random);
                if (random.nextInt(10) == 0) {
                    crashDuringRecovery(image, where);
                }
                Replayed replayed = new Replayed(dropped);
                try (Journal recovered = open(image, replayed)) {
                    check(replayed, where);
                    assertSame(
                            image.crash(random), replayed, where + ", and again once it was open");
                    JournalTest.stage(recovered, "after");
                    recovered.commit();
                }
                Replayed again = new Replayed(dropped);
                open(image, again).close();
                assertThat(again.texts())
                        .as(where)
                        .endsWith("after")
                        .hasSize(replayed.entries.size() + 1);
            } catch (IOException e) {
                throw new AssertionError(where, e);
            }
        }

        private void crashDuringRecovery(SimulatedDisk image, String where) throws IOException {
            SimulatedDisk recovering = image.kill();
            recovering.observe((operation, path) -> {
                Replayed replayed = new Replayed(dropped);
                String again = "%s, and again after %s of the recovery".formatted(where, operation);
                try {
                    open(recovering.crash(random), replayed).close();
                } catch (IOException e) {
                    throw new AssertionError(again, e);
                }
                check(replayed, again);
            });
            open(recovering, new Replayed(dropped)).close();
        }

        private void assertSame(SimulatedDisk image, Replayed before, String where)
                throws IOException {
            Replayed replayed = new Replayed(dropped);
            open(image, replayed).close();
            assertThat(replayed.entries).as(where).isEqualTo(before.entries);
        }

        private void check(Replayed replayed, String where) {
            TreeMap<Long, String> expected = new TreeMap<>(acknowledged);
            TreeMap<Long, String> withInFlight = new TreeMap<>(acknowledged);
            withInFlight.putAll(inFlight);
            TreeMap<Long, String> needed = new TreeMap<>(expected.tailMap(dropped));
            TreeMap<Long, String> neededWithInFlight = new TreeMap<>(withInFlight.tailMap(dropped));
            TreeMap<Long, String> found = new TreeMap<>(replayed.entries.tailMap(dropped));
            assertThat(found.equals(needed) || found.equals(neededWithInFlight))
                    .as(
                            "%s: found %s, acknowledged %s, in flight %s",
                            where, found.keySet(), needed.keySet(), inFlight.keySet())
                    .isTrue();
            assertThat(withInFlight.entrySet())
                    .as("%s: nothing invented", where)
                    .containsAll(replayed.entries.entrySet());
        }
    }
}
