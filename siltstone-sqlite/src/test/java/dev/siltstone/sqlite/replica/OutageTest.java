package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.FaultyStore.Fault;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectStoreException;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store that is away, or fails now and then.
class OutageTest {
    private static final long BACKLOG_BYTES = 100_000;

    @TempDir Path directory;
    private final FaultyStore store = new FaultyStore(new MemoryStore(new ManualClock()));

    @Test
    void keepsAllInTheWalOnceTheBacklogIsFullAndCatchesUp() throws Exception {
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory, "live.db", store)) {
            fixture.start(
                    ReplicaSettings.DEFAULT.withBacklogBytesMax(BACKLOG_BYTES),
                    WalHold.Steps.IGNORED);
            fixture.insert(0);
            fixture.sync();
            store.goAway();
            for (int n = 1; n <= 300; n++) {
                fixture.insert(n);
                fixture.run(3, Duration.ofMillis(400));
                uploads(fixture);
            }
            ReplicaStatus away = fixture.replicator.status();
            assertThat(away.phase()).isEqualTo(ReplicaStatus.Phase.HOLDING);
            assertThat(away.problem()).contains("the WAL keeps");
            assertThat(away.backlogBytes()).isBetween(BACKLOG_BYTES, 2 * BACKLOG_BYTES);
            assertThat(fixture.checkpoint("TRUNCATE")).as("nobody restarts it").startsWith("1|");

            store.recover();
            uploads(fixture);
            Txid txid = fixture.sync();
            assertThat(fixture.restoredNumbers(txid).split(",")).hasSize(301);
            assertThat(fixture.replicator.status().phase())
                    .isEqualTo(ReplicaStatus.Phase.FOLLOWING);
        }
    }

    /// The image is read anew each time, from the same view: the hold stays as it was.
    @Test
    void triesTheFirstImageAgainUntilTheStoreIsBack() throws Exception {
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory, "live.db", store)) {
            fixture.insert(0);
            fixture.start(WalHold.Steps.IGNORED);
            store.goAway();
            for (int n = 1; n <= 10; n++) {
                fixture.run(3, Duration.ofMillis(400));
                fixture.insert(n);
                ReplicaStatus away = fixture.replicator.status();
                assertThat(away.phase()).as("%s", away).isEqualTo(ReplicaStatus.Phase.COPYING);
                assertThat(away.problem()).isNotNull();
            }
            assertThat(fixture.checkpoint("TRUNCATE")).as("nobody restarts it").startsWith("1|");

            store.recover();
            Txid txid = fixture.sync();
            assertThat(fixture.remote.known().list(9)).hasSize(1);
            assertThat(fixture.restoredNumbers(new Txid(1))).isEqualTo("0");
            assertThat(fixture.restoredNumbers(txid)).isEqualTo("0,1,2,3,4,5,6,7,8,9,10");
        }
    }

    @Test
    void losesAndDoublesNothingWhenOneCallInTenFails() throws Exception {
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory, "live.db", store)) {
            fixture.start(WalHold.Steps.IGNORED);
            fixture.insert(0);
            fixture.sync();
            store.failAtRandom(7, 0.1, Fault.UNAVAILABLE, Fault.LOST_BEFORE, Fault.LOST_AFTER);
            for (int n = 1; n <= 200; n++) {
                fixture.insert(n);
                fixture.run(2, Duration.ofMillis(600));
                uploads(fixture);
            }
            store.recover();
            Txid last = fixture.sync();
            assertThat(fixture.restoredNumbers(last).split(",")).hasSize(201);
            int before = 0;
            for (RangeFile file : fixture.remote.known().list(0)) {
                String numbers = fixture.restoredNumbers(new Txid(file.id().last()));
                assertThat(numbers.split(",").length).isGreaterThanOrEqualTo(before);
                before = numbers.split(",").length;
            }
        }
    }

    private static void uploads(ReplicatorFixture fixture) {
        try {
            while (fixture.backlog.uploadNext()) {
                // all there is
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOf(ObjectStoreException.class);
        }
    }
}
