package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Databases that another process writes, replicated into memory.
class ReplicationTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;

    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private ReplicaRuntime runtime;
    private Path database;
    private Sqlite3 writer;
    private RemoteRanges remote;

    @BeforeEach
    void createDatabase() throws IOException {
        assumeTrue(Sqlite3.isThere(), "no sqlite3 on PATH");
        runtime = ReplicaRuntime.system(new SplittableRandom(1));
        database = directory.resolve("app's data?.db");
        writer = new Sqlite3(database);
        writer.run("PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB);");
        remote = openRemote();
    }

    @AfterEach
    void end() throws IOException {
        writer.close();
        runtime.close();
    }

    private RemoteRanges openRemote() throws IOException {
        return RemoteRanges.open(store, "db/", LitestreamNames.FILES, LitestreamNames.settings());
    }

    private Replication start() throws IOException {
        return Replication.start(
                runtime,
                database,
                remote,
                ReplicaSettings.DEFAULT.withSyncInterval(Duration.ofMillis(50)));
    }

    private void insert(int n) throws IOException {
        assertThat(writer.run("INSERT INTO t VALUES (" + n + ", randomblob(700));")).isEmpty();
    }

    private Txid syncedEverywhere(Replication replication) throws Exception {
        Txid txid = replication.sync(LONG);
        assertThat(replication.waitFor(txid, LONG)).isTrue();
        return txid;
    }

    private String restored(Txid txid, String sql) throws IOException {
        Path file = directory.resolve("restored.db");
        new Replay(remote).to(file, txid);
        try (Sqlite3 reader = new Sqlite3(file)) {
            assertThat(reader.run("PRAGMA integrity_check;")).containsExactly("ok");
            List<String> lines = reader.run(sql);
            return String.join(" ", lines);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(Path.of(file + "-wal"));
            Files.deleteIfExists(Path.of(file + "-shm"));
        }
    }

    @Test
    void restoresWhatWasCommittedBeforeTheSync() throws Exception {
        insert(1);
        try (Replication replication = start()) {
            Txid first = syncedEverywhere(replication);
            assertThat(restored(first, "SELECT count(*) FROM t;")).isEqualTo("1");
            insert(2);
            insert(3);
            Txid second = syncedEverywhere(replication);
            assertThat(second).isGreaterThan(first);
            assertThat(restored(second, "SELECT count(*) FROM t;")).isEqualTo("3");
            assertThat(restored(first, "SELECT count(*) FROM t;")).isEqualTo("1");
            writer.run("DELETE FROM t; VACUUM;");
            assertThat(restored(syncedEverywhere(replication), "SELECT count(*) FROM t;"))
                    .isEqualTo("0");
        }
    }

    @Test
    void everyTransactionIsAStateBetweenTwoCommits() throws Exception {
        try (Replication replication = start()) {
            syncedEverywhere(replication);
            for (int n = 1; n <= 300; n++) {
                writer.run(
                        "BEGIN; INSERT INTO t VALUES (%d, randomblob(3000)); INSERT INTO t VALUES (-%d, zeroblob(10)); COMMIT;"
                                .formatted(n, n));
                if (n % 50 == 0) {
                    assertThat(writer.run("PRAGMA wal_checkpoint(TRUNCATE);"))
                            .containsExactly("0|0|0");
                }
            }
            Txid last = syncedEverywhere(replication);
            assertThat(restored(last, "SELECT count(*) FROM t;")).isEqualTo("600");
            List<RangeFile> files = remote.known().list(0);
            assertThat(files.size()).isGreaterThan(1);
            for (RangeFile file : files) {
                Txid txid = new Txid(file.id().last());
                assertThat(restored(txid, "SELECT sum(n) FROM t HAVING count(*) > 0;"))
                        .isIn("0", "");
            }
        }
    }

    @Test
    void goesOnWhereItEndedWithoutAnImage() throws Exception {
        insert(1);
        try (Replication replication = start()) {
            syncedEverywhere(replication);
            insert(2);
            syncedEverywhere(replication);
        }
        insert(3);
        try (Replication replication = start()) {
            Txid txid = syncedEverywhere(replication);
            assertThat(restored(txid, "SELECT group_concat(n) FROM t;")).isEqualTo("1,2,3");
            assertThat(remote.known().list(9)).hasSize(1);
        }
    }

    @Test
    void catchesUpWhenTheWalWasRestartedMeanwhile() throws Exception {
        insert(1);
        try (Replication replication = start()) {
            syncedEverywhere(replication);
        }
        insert(2);
        writer.run("PRAGMA wal_checkpoint(TRUNCATE);");
        insert(3);
        try (Replication replication = start()) {
            Txid txid = syncedEverywhere(replication);
            assertThat(restored(txid, "SELECT group_concat(n) FROM t;")).isEqualTo("1,2,3");
        }
    }

    @Test
    void doesNotGoOnWhereAnotherMachineHasGoneOnUnlessToldTo() throws Exception {
        insert(1);
        try (Replication replication = start()) {
            assertThat(replication.succession().isSuccessor()).isTrue();
            syncedEverywhere(replication);
        }
        Txid theirs = anotherMachineInserts(7);
        insert(2);
        remote = openRemote();
        assertThatThrownBy(this::start)
                .isInstanceOf(OvertakenException.class)
                .hasMessageContaining("newest transaction is " + theirs)
                .hasMessageContaining("--take-over");

        try (Replication replication =
                Replication.takeOver(runtime, database, remote, ReplicaSettings.DEFAULT)) {
            assertThat(replication.succession().isOvertaken()).isTrue();
            Txid ours = syncedEverywhere(replication);
            assertThat(ours).isGreaterThan(theirs);
            assertThat(restored(ours, "SELECT group_concat(n) FROM t;")).isEqualTo("1,2");
            assertThat(restored(theirs, "SELECT group_concat(n) FROM t;")).isEqualTo("1,7");
        }
        try (Replication replication = start()) {
            assertThat(replication.succession().isSuccessor()).isTrue();
        }
    }

    /// Has a copy of the database, in a place that knows nothing of the replica, replicated to it.
    private Txid anotherMachineInserts(int n) throws Exception {
        Path copy = Files.createDirectory(directory.resolve("other")).resolve("other.db");
        writer.run("VACUUM INTO '" + copy + "';");
        try (Sqlite3 other = new Sqlite3(copy)) {
            other.run("PRAGMA journal_mode=WAL; INSERT INTO t VALUES (" + n + ", 'theirs');");
            try (Replication replication =
                    Replication.start(runtime, copy, openRemote(), ReplicaSettings.DEFAULT)) {
                assertThat(replication.succession().isSuccessor()).isFalse();
                assertThat(replication.succession().isOvertaken()).isFalse();
                return syncedEverywhere(replication);
            }
        }
    }
}
