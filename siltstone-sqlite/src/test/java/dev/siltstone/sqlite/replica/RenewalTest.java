package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.replica.WalHold.Step;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What holding a WAL costs, in looks, renewals and captured bytes, and how short it keeps it.
class RenewalTest {
    private static final HoldBuffers BUFFERS = HoldBuffers.allocate();
    private static final Duration BETWEEN_COMMITS = Duration.ofMillis(2);

    @TempDir Path directory;
    private ReplicatorFixture fixture;
    private final Map<Step, Integer> steps = new EnumMap<>(Step.class);
    private long due;
    private int turns;

    @BeforeEach
    void create() throws Exception {
        fixture = new ReplicatorFixture(directory);
        fixture.start(step -> steps.merge(step, 1, Integer::sum));
        fixture.insert(0);
        fixture.sync();
        due = fixture.clock.nanoTime();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /// Lets time pass, and gives the replicator the turns that it asks for.
    private void pass(Duration time) {
        long end = fixture.clock.nanoTime() + time.toNanos();
        while (due <= end) {
            fixture.clock.advance(Duration.ofNanos(Math.max(0, due - fixture.clock.nanoTime())));
            due = fixture.replicator.run(fixture.clock.nanoTime(), BUFFERS);
            turns++;
        }
        fixture.clock.advance(Duration.ofNanos(end - fixture.clock.nanoTime()));
    }

    /// The writer of this test never checkpoints: what keeps its WAL short is a sealed checkpoint now and then.
    @Test
    void aSteadyWriterIsLookedAtRarelyAndItsWalStaysShort() throws Exception {
        long framesMax = 0;
        for (int n = 1; n <= 900; n++) {
            fixture.insert(n);
            pass(BETWEEN_COMMITS);
            framesMax = Math.max(framesMax, fixture.replicator.status().walFrames());
        }
        assertThat(turns).as("turns in 1.8 s").isLessThan(80);
        assertThat(steps.get(Step.BEGUN)).as("renewals in 1.8 s").isLessThan(40);
        assertThat(steps.get(Step.LOCKED)).as("sealed checkpoints").isBetween(1, 8);
        assertThat(framesMax).isLessThan(3_000 + 1_500);
        assertThat(fixture.restoredNumbers(fixture.sync()).split(",")).hasSize(901);
    }

    /// It waits with the write lock in its hands, so nothing comes until it is let through.
    @Test
    void aForeignTruncateWaitsForTwoRenewalsAndFewLooks() throws Exception {
        for (int round = 1; round <= 5; round++) {
            fixture.insert(round);
            pass(BETWEEN_COMMITS);
            assertThat(milliseconds()).as("round %d", round).isLessThan(round == 1 ? 150 : 30);
        }
    }

    private long milliseconds() throws SQLException {
        long start = fixture.clock.nanoTime();
        while (!fixture.checkpoint("TRUNCATE").equals("0|0|0")) {
            pass(Duration.ofMillis(1));
        }
        return Duration.ofNanos(fixture.clock.nanoTime() - start).toMillis();
    }

    /// Two checkpoints at once: SQLite refuses the second without waiting, and that may be his.
    @Test
    void whatIsQuietIsLeftToAForeignCheckpointerForSomeSeconds() throws Exception {
        fixture.insert(1);
        pass(BETWEEN_COMMITS);
        milliseconds();
        fixture.insert(2);
        pass(Duration.ofSeconds(2));
        assertThat(fixture.checkpoint("NOOP")).matches("0\\|[1-9]\\d*\\|0");
        pass(Duration.ofSeconds(20));
        assertThat(fixture.checkpoint("NOOP")).matches("0\\|([1-9]\\d*)\\|\\1");
    }

    @Test
    void aPageThatChangedOftenIsCapturedOnce() throws Exception {
        Path captures = MetaDirectory.of(fixture.database).own();
        long before = bytes(captures);
        for (int i = 0; i < 50; i++) {
            ReplicatorFixture.execute(fixture.writer, "UPDATE t SET v = randomblob(100)");
        }
        pass(Duration.ofMillis(300));
        assertThat(bytes(captures) - before).isBetween(1024L, 5 * 1100L);
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("0");
    }

    private long bytes(Path directory) throws Exception {
        long sum = 0;
        for (Path path : fixture.disk.list(directory)) {
            if (path.toString().endsWith(".capture")) {
                sum += fixture.disk.facts(path).bytes();
            }
        }
        return sum;
    }
}
