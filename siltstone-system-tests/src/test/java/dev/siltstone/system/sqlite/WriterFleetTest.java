package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.system.Seed;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The fleet judged without any replicator: what it writes is what its history says, at any time.
final class WriterFleetTest {
    private static final int TRANSACTIONS = Boolean.getBoolean("siltstone.long") ? 5_000 : 60;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @BeforeEach
    void needsTheShell() {
        assumeThat(SqlProcess.hasShell())
                .as("the sqlite3 shell is missing (Debian, Ubuntu: apt-get install sqlite3)")
                .isTrue();
    }

    @ParameterizedTest(name = "page size {0}")
    @ValueSource(ints = {512, 4096, 65536})
    void writesStatesThatItsHistoryKnows(int pageSize) throws Exception {
        Seed seed = Seed.choose();
        FleetPlan plan = FleetPlan.ofPageSize(pageSize).withoutPauses();
        try (WriterFleet fleet = WriterFleet.start(directory.resolve("db"), plan, seed)) {
            RestoreJudge judge = new RestoreJudge(fleet.history());
            for (int copy = 0; copy < 5; copy++) {
                fleet.awaitTransactions(TRANSACTIONS / 5, TIMEOUT);
                long committed = fleet.history().committed();
                judge.judge(backUp(fleet.database(), copy), committed);
            }
            long counter = fleet.stop();

            assertThat(counter).isGreaterThanOrEqualTo(TRANSACTIONS);
            assertThat(judge.judge(backUp(fleet.database(), 5), counter)).isEqualTo(counter);
            assertThat(fleet.busy()).as("times that a writer waited in vain").isZero();
        } catch (AssertionError e) {
            throw new AssertionError(seed.howToRepeat(WriterFleetTest.class), e);
        }
    }

    private Path backUp(Path database, int number) throws Exception {
        Path copy = directory.resolve("copy-" + number);
        try (SqlProcess process = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
            process.run("PRAGMA busy_timeout=20000;", "VACUUM INTO '" + copy + "';");
        }
        return copy;
    }
}
