package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.system.Seed;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Puts a replicator on trial: `-Dsiltstone.replicator=siltstone`, or `litestream:/path/to/litestream` to see
/// that the judges work and what the other program does.
///
/// `-Dsiltstone.rounds=N`, `-Dsiltstone.transactions=N` (per round) and `-Dsiltstone.restores=N` make it
/// longer; `-Dsiltstone.seed=N` repeats what the writers do. `-Dsiltstone.broken-chains=true` has the system's
/// SQLite write frames without checksums now and then ([FleetPlan#brokenChains]); if it is 3.40.1, Litestream 0.5.18
/// then stands still for ever and says nothing.
@EnabledIfSystemProperty(
        named = "siltstone.replicator",
        matches = ".+",
        disabledReason = "no program named: -Dsiltstone.replicator=siltstone or litestream:PATH")
final class ReplicatorTest {
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");
    private static final int ROUNDS = Integer.getInteger("siltstone.rounds", LONG ? 20 : 2);
    private static final int TRANSACTIONS =
            Integer.getInteger("siltstone.transactions", LONG ? 500 : 50);
    private static final int RESTORES = Integer.getInteger("siltstone.restores", LONG ? 200 : 8);

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
    void restoresStatesBetweenTwoTransactions(int pageSize) throws Exception {
        Seed seed = Seed.choose();
        ReplicatorProgram program =
                ReplicatorProgram.named(System.getProperty("siltstone.replicator"));
        FleetPlan plan = FleetPlan.ofPageSize(pageSize);
        if (Boolean.getBoolean("siltstone.broken-chains")) {
            plan = plan.withBrokenChains();
        }
        try {
            ReplicaTrial.Result result =
                    new ReplicaTrial(program, directory, seed)
                            .run(
                                    plan,
                                    seed,
                                    ROUNDS,
                                    TRANSACTIONS,
                                    RESTORES);
            System.out.println("page size " + pageSize + ": " + result);
            assertThat(result.busy()).as("times that a writer waited in vain").isZero();
        } catch (AssertionError e) {
            throw new AssertionError(seed.howToRepeat(ReplicatorTest.class), e);
        }
    }
}
