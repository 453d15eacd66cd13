package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.system.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Puts a replicator on trial: `-Dsiltstone.replicator=siltstone`, or `litestream:/path/to/litestream` to see
/// that the judges work and what the other program does, or both with a comma between them: then each continues
/// what the other wrote, and both restore it.
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

    private static final String BEYOND_THE_LOCK_PAGE =
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 270000)"
                    + " INSERT INTO item(name, body) SELECT 'item ' || i, zeroblob(3900) FROM c;";

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
        FleetPlan plan = FleetPlan.ofPageSize(pageSize);
        if (Boolean.getBoolean("siltstone.broken-chains")) {
            plan = plan.withBrokenChains();
        }
        try {
            ReplicaTrial.Result result =
                    new ReplicaTrial(programs(), directory, seed)
                            .run(plan, seed, ROUNDS, TRANSACTIONS, RESTORES);
            System.out.println("page size " + pageSize + ": " + result);
            assertThat(result.busy()).as("times that a writer waited in vain").isZero();
        } catch (AssertionError e) {
            throw new AssertionError(seed.howToRepeat(ReplicatorTest.class), e);
        }
    }

    private static List<ReplicatorProgram> programs() {
        return Stream.of(System.getProperty("siltstone.replicator").split(","))
                .map(ReplicatorProgram::named)
                .toList();
    }

    /// Page 0x40000000 / page size + 1 holds SQLite's locks and no content: it is never replicated.
    @Test
    @EnabledIfSystemProperty(
            named = "siltstone.long",
            matches = "true",
            disabledReason = "writes 1 GiB several times; -Plong")
    void restoresADatabaseBeyondTheLockPage() throws Exception {
        Path database = directory.resolve("db");
        Path replica = directory.resolve("replica");
        for (ReplicatorProgram program : programs()) {
            try (History history = History.create(directory.resolve("history"));
                    SqlProcess writer = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
                writer.run("PRAGMA journal_mode=WAL;", "PRAGMA synchronous=OFF;");
                writer.run(TransactionScript.schema());
                history.add(0, writer.state().hash());
                writer.run(BEYOND_THE_LOCK_PAGE, "UPDATE progress SET n = 1;");
                history.add(1, writer.state().hash());
                ReplicatorProcess replicator =
                        ReplicatorProcess.start(
                                program.replicate(database, replica, directory),
                                directory.resolve("replicate.log"));
                try (replicator) {
                    awaitFile(replica);
                    writer.run("DELETE FROM item WHERE id % 1000 = 1;");
                    writer.run("INSERT INTO item(body) SELECT randomblob(5000);");
                    writer.run("UPDATE progress SET n = 2;");
                    history.add(2, writer.state().hash());
                    replicator.stop();
                    Path out = directory.resolve("restored");
                    ReplicatorProcess.run(
                            program.restore(replica, out), directory.resolve("restore.log"));

                    assertThat(new RestoreJudge(history).judge(out, 2)).isEqualTo(2);
                    Files.delete(out);
                }
            }
            deleteAll();
        }
    }

    private void deleteAll() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void awaitFile(Path replica) throws Exception {
        for (int looks = 0; looks < 1_200; looks++) {
            if (!ReplicaTrial.txids(replica).isEmpty()) {
                return;
            }
            var _ = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("nothing came into " + replica);
    }
}
