package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets the power fail after every operation: every object that was acknowledged is there, whole, with its time
/// and metadata; one that was being put is there whole, or as before. Repeat one seed with
/// `-Dsiltstone.seed=N`.
class DirectoryStoreCrashTest {
    private static final Path ROOT = Path.of("/store");
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 1_000 : 20;
    private static final int STEPS = 25;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsWhatWasAcknowledged(long seed) throws IOException {
        Run run = new Run(seed);
        run.go();

        assertThat(run.crashes).as("crash points of seed %d", seed).isGreaterThan(50);
    }

    /// @param text of the object, or null if there is none
    private record State(String text, Instant modified, String name) {
        static final State NONE = new State(null, null, null);
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final ManualClock clock = new ManualClock();
        private final Map<String, State> acknowledged = new TreeMap<>();
        private String changing;
        private State becoming;
        private SimulatedDisk disk = new SimulatedDisk();
        private DirectoryStore store;
        private int crashes;

        Run(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.store = open(disk);
            disk.observe(this::crashHere);
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                clock.advance(Duration.ofSeconds(1));
                if (random.nextInt(8) == 0) {
                    reopen();
                } else if (random.nextInt(6) == 0) {
                    planFault();
                }
                try {
                    change(step);
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("planned");
                    reopen();
                }
            }
        }

        private void change(int step) throws IOException {
            changing = "dir" + random.nextInt(2) + "/key" + random.nextInt(3);
            ObjectKey key = ObjectKey.of(changing);
            String text = (step + " ").repeat(random.nextInt(400));
            Instant time = Instant.ofEpochMilli(1_000_000L * step);
            PutOptions options = PutOptions.NONE.and("name", "of-" + step).at(time);
            ObjectBody body = ObjectBody.of(text.getBytes(UTF_8));
            State before = acknowledged.getOrDefault(changing, State.NONE);
            becoming = new State(text, time, "of-" + step);
            switch (random.nextInt(4)) {
                case 0 -> {
                    becoming = State.NONE;
                    store.delete(key);
                }
                case 1 -> store.put(key, body, options);
                case 2 -> {
                    if (before != State.NONE) {
                        becoming = before;
                    }
                    store.putIfAbsent(key, body, options);
                }
                default -> {
                    State whole = becoming;
                    becoming = before;
                    int half = text.length() / 2;
                    UploadId upload = store.startUpload(key, options);
                    List<UploadedPart> parts = new ArrayList<>();
                    parts.add(store.putPart(upload, 1, body.region(0, half)));
                    parts.add(store.putPart(upload, 2, body.region(half, text.length() - half)));
                    becoming = whole;
                    store.completeUpload(upload, parts);
                }
            }
            acknowledged.put(changing, becoming);
            changing = null;
        }

        private void planFault() {
            Operation[] operations = {
                Operation.WRITE,
                Operation.FORCE,
                Operation.RENAME,
                Operation.LINK,
                Operation.SET_METADATA,
                Operation.FORCE_DIRECTORY,
                Operation.CREATE
            };
            disk.fail(
                    operations[random.nextInt(operations.length)],
                    1 + random.nextInt(3),
                    "planned");
        }

        private void reopen() throws IOException {
            disk.observe((operation, path) -> {});
            disk = random.nextBoolean() ? disk.kill() : disk.crash(random);
            store = open(disk);
            check(store, "reopened");
            if (changing != null) {
                acknowledged.put(changing, state(store, changing));
                changing = null;
            }
            disk.observe(this::crashHere);
        }

        private DirectoryStore open(SimulatedDisk image) throws IOException {
            return DirectoryStore.open(image, ROOT, clock, new SplittableRandom(random.nextLong()));
        }

        private void crashHere(Operation operation, Path path) {
            crashes++;
            String where =
                    "seed %d, crash %d after %s %s".formatted(seed, crashes, operation, path);
            try {
                SimulatedDisk image = random.nextInt(8) == 0 ? disk.kill() : disk.crash(random);
                DirectoryStore opened = open(image);
                check(opened, where);
                String seen = changing == null ? "" : state(opened, changing).toString();
                DirectoryStore again = open(image.crash(random));
                check(again, where + ", and again");
                if (changing != null) {
                    assertThat(state(again, changing).toString())
                            .as("%s: what was seen after it", where)
                            .isEqualTo(seen);
                }
            } catch (IOException e) {
                throw new AssertionError(where, e);
            }
        }

        private void check(DirectoryStore opened, String where) throws IOException {
            for (var object : acknowledged.entrySet()) {
                State found = state(opened, object.getKey());
                if (object.getKey().equals(changing)) {
                    assertThat(found).as(where).isIn(object.getValue(), becoming);
                } else {
                    assertThat(found).as(where).isEqualTo(object.getValue());
                }
            }
            for (ListedObject object : opened.list("", null).objects()) {
                String key = object.key().value();
                assertThat(acknowledged.containsKey(key) || key.equals(changing))
                        .as("%s: %s is there", where, key)
                        .isTrue();
            }
        }

        private static State state(DirectoryStore opened, String key) throws IOException {
            try (ObjectContent content = opened.get(ObjectKey.of(key))) {
                return new State(
                        new String(content.readAll(), UTF_8),
                        content.info().modified(),
                        content.info().metadata().get("name"));
            } catch (NoSuchObjectException e) {
                return State.NONE;
            }
        }
    }
}
