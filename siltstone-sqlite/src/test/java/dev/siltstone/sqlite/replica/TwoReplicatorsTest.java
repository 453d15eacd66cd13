package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two replicators that were given the same destination, for two databases: one writes odd numbers, the other
/// even ones. Whatever the order of their steps, no restored state has both, one of them goes on, and the other
/// says why it stopped. Repeat one seed with `-Dsiltstone.seed=N`; `-Dsiltstone.seeds=N` for so many.
class TwoReplicatorsTest {
    private static final int SEEDS =
            Integer.getInteger(
                    "siltstone.seeds", Boolean.getBoolean("siltstone.long") ? 5_000 : 150);
    private static final int STEPS = 60;

    @TempDir Path directory;

    @Test
    void neverMixTheirHistories() throws Exception {
        Long only = Long.getLong("siltstone.seed");
        long from = only == null ? 0 : only;
        long to = only == null ? SEEDS : only + 1;
        int stopped = 0;
        for (long seed = from; seed < to; seed++) {
            try {
                stopped += race(seed) ? 1 : 0;
            } catch (AssertionError | Exception e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(stopped).as("races with a loser").isGreaterThan((int) ((to - from) * 9 / 10));
    }

    /// Returns whether there was a loser.
    private boolean race(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path place = Files.createDirectories(directory.resolve("race-" + seed));
        MemoryStore store = new MemoryStore(new ManualClock());
        try (ReplicatorFixture odd = new ReplicatorFixture(place, "odd.db", store);
                ReplicatorFixture even = new ReplicatorFixture(place, "even.db", store)) {
            List<ReplicatorFixture> both = List.of(odd, even);
            odd.insert(1);
            even.insert(2);
            odd.start(WalHold.Steps.IGNORED);
            int late = random.nextInt(STEPS / 2);
            boolean[] lost = new boolean[2];
            int next = 3;
            for (int step = 0; step < STEPS; step++) {
                if (step == late) {
                    even.start(WalHold.Steps.IGNORED);
                }
                int who = step < late ? 0 : random.nextInt(2);
                ReplicatorFixture one = both.get(who);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        next += 2;
                        one.insert(who == 0 ? next | 1 : (next | 1) + 1);
                    }
                    case 1 -> lost[who] |= !uploads(one);
                    case 2 -> one.replicator.requestSync();
                    default -> one.run(3, Duration.ofMillis(200));
                }
            }
            for (int who = 0; who < 2; who++) {
                both.get(who).run(20, Duration.ofMillis(200));
                lost[who] |= !uploads(both.get(who));
                both.get(who).run(5, Duration.ofMillis(200));
                ReplicaStatus status = both.get(who).replicator.status();
                lost[who] |= both.get(who).replicator.stoppedBy() instanceof RangeTakenException;
                if (lost[who]) {
                    assertThat(status.phase()).isEqualTo(ReplicaStatus.Phase.STOPPED);
                    assertThat(status.problem()).contains("another writer");
                }
            }
            assertThat(lost[0] && lost[1]).as("both lost").isFalse();
            judge(lost[0] ? even : odd);
            return lost[0] || lost[1];
        }
    }

    private static boolean uploads(ReplicatorFixture one) throws IOException {
        try {
            while (one.backlog.uploadNext()) {
                // all there is
            }
            return true;
        } catch (RangeTakenException e) {
            return false;
        }
    }

    private static void judge(ReplicatorFixture reader) throws Exception {
        reader.remote.refresh(0);
        reader.remote.refresh(9);
        long base = reader.remote.known().newest(9).orElseThrow().id().last();
        for (RangeFile file : reader.remote.known().list(0)) {
            if (file.id().last() <= base) {
                continue;
            }
            String numbers = reader.restoredNumbers(new Txid(file.id().last()));
            long odd =
                    Arrays.stream(numbers.split(","))
                            .filter(number -> Long.parseLong(number) % 2 == 1)
                            .count();
            assertThat(odd).as("odd among %s", numbers).isIn(0L, (long) numbers.split(",").length);
        }
    }
}
