package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.Pause;
import dev.siltstone.io.RealDisk;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replicas compared with databases that go on.
class VerifyTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;

    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private ReplicaRuntime runtime;
    private Path database;
    private Sqlite3 writer;
    private Replication replication;

    @BeforeEach
    void replicate() throws IOException {
        assumeTrue(Sqlite3.isThere(), "no sqlite3 on PATH");
        runtime = ReplicaRuntime.system(new SplittableRandom(1));
        database = directory.resolve("app.db");
        writer = new Sqlite3(database);
        writer.run("PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB);");
        // syncs when it is asked to
        replication =
                Replication.start(
                        runtime,
                        database,
                        remote(),
                        ReplicaSettings.DEFAULT.withSyncInterval(Duration.ofHours(1)));
    }

    @AfterEach
    void end() throws IOException {
        replication.close();
        writer.close();
        runtime.close();
    }

    private RemoteRanges remote() throws IOException {
        return RemoteRanges.open(store, "db/", LitestreamNames.FILES, LitestreamNames.settings());
    }

    private void insert(int rows) throws IOException {
        assertThat(
                        writer.run(
                                "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT %d) INSERT INTO t(b) SELECT randomblob(900) FROM c;"
                                        .formatted(rows)))
                .isEmpty();
    }

    private Txid syncedEverywhere() throws Exception {
        Txid txid = replication.sync(LONG);
        assertThat(replication.waitFor(txid, LONG)).isTrue();
        return txid;
    }

    /// What happens while the comparison waits for a newer transaction.
    private interface Meanwhile {
        void happens() throws Exception;
    }

    private Verified verify(Path which, Meanwhile meanwhile, Duration atMost) throws Exception {
        Pause pause =
                _ -> {
                    try {
                        meanwhile.happens();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                };
        try (ReplicaRuntime own =
                new ReplicaRuntime(
                        new RealDisk(),
                        NanoClock.system(),
                        InstantSource.system(),
                        new SplittableRandom(2),
                        pause,
                        1)) {
            return new Verify(remote(), own)
                    .run(which, directory.resolve("scratch"), atMost, RestoreListener.NONE);
        }
    }

    @Test
    void findsAReplicaThatIsUpToDateTheSame() throws Exception {
        insert(100);
        Txid txid = syncedEverywhere();
        Verified verified = verify(database, () -> {}, LONG);
        assertThat(verified.same()).isTrue();
        assertThat(verified.txid()).isEqualTo(txid);
        assertThat(verified.differences()).isZero();
        assertThat(directory.resolve("scratch")).doesNotExist();
    }

    @Test
    void findsTheSameAfterACheckpoint() throws Exception {
        insert(100);
        syncedEverywhere();
        writer.run("PRAGMA wal_checkpoint(TRUNCATE);");
        assertThat(verify(database, () -> {}, LONG).same()).isTrue();
    }

    @Test
    void findsTheCommitAmongThoseSinceItBegan() throws Exception {
        insert(100);
        syncedEverywhere();
        insert(50); // the replica is behind when it begins
        int[] waits = {0};
        Verified verified =
                verify(
                        database,
                        () -> {
                            insert(10);
                            if (++waits[0] == 3) {
                                writer.run("DELETE FROM t WHERE n % 3 = 0; VACUUM;");
                                syncedEverywhere();
                                insert(20);
                            }
                        },
                        LONG);
        assertThat(verified.same()).isTrue();
        assertThat(waits[0]).isEqualTo(3);
    }

    @Test
    void namesPagesThatDifferAndHaveNotChangedSince() throws Exception {
        insert(100);
        syncedEverywhere();
        Path other = directory.resolve("other.db");
        try (Sqlite3 stranger = new Sqlite3(other)) {
            stranger.run("PRAGMA journal_mode=WAL; CREATE TABLE u (x); INSERT INTO u VALUES (1);");
            Verified verified = verify(other, () -> {}, Duration.ZERO);
            assertThat(verified.same()).isFalse();
            assertThat(verified.differences()).isPositive();
            assertThat(verified.differing()).contains(1L).hasSizeLessThanOrEqualTo(10);
        }
        assertThat(Files.exists(directory.resolve("scratch"))).isFalse();
    }
}
