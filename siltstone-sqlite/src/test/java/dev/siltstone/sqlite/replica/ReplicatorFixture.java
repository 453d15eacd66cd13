package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.UploadBacklog;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/// A database, a connection that writes it, and a replicator whose steps, threads and clock the test drives.
final class ReplicatorFixture implements AutoCloseable {
    private static final HoldBuffers BUFFERS = HoldBuffers.allocate();

    final ManualClock clock = new ManualClock();
    final Path directory;
    final Path database;
    final Connection writer;
    final SimulatedDisk disk;
    final ObjectStore store;
    RemoteRanges remote;
    UploadBacklog backlog;
    Replicator replicator;

    ReplicatorFixture(Path directory) throws Exception {
        this(directory, "live.db", new MemoryStore(new ManualClock()));
    }

    ReplicatorFixture(Path directory, String name, ObjectStore store) throws Exception {
        this(directory.resolve(name), store, new SimulatedDisk());
    }

    /// Goes on, after it was closed, with what is on disk and in the store.
    ReplicatorFixture(ReplicatorFixture before) throws Exception {
        this(before.database, before.store, before.disk);
    }

    private ReplicatorFixture(Path database, ObjectStore store, SimulatedDisk disk)
            throws Exception {
        this.directory = database.getParent();
        this.database = database;
        this.store = store;
        this.disk = disk;
        this.writer = open(database);
        execute(
                writer,
                "PRAGMA page_size=1024",
                "PRAGMA journal_mode=WAL",
                "PRAGMA wal_autocheckpoint=0",
                "PRAGMA synchronous=OFF",
                "PRAGMA busy_timeout=0",
                "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, v BLOB)");
        Files.createDirectories(MetaDirectory.of(database).own());
    }

    /// Returns settings that seal whenever a round without the write lock leaves something.
    static ReplicaSettings sealing(Duration poll) {
        HoldSettings hold = HoldSettings.DEFAULT;
        HoldSettings sealing =
                new HoldSettings(
                        2,
                        hold.tick(),
                        hold.still(),
                        hold.rest(),
                        0,
                        -1,
                        1000,
                        2,
                        hold.spin(),
                        hold.insideMax());
        return new ReplicaSettings(
                Duration.ofSeconds(1),
                poll,
                poll,
                1 << 30,
                1 << 30,
                sealing,
                LevelSettings.DEFAULT);
    }

    static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    void insert(int n) throws SQLException {
        execute(writer, "INSERT INTO t VALUES (%d, randomblob(3000))".formatted(n));
    }

    /// Returns what a checkpoint of the writer said: busy, frames, backfilled.
    String checkpoint(String mode) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            return row.getInt(1) + "|" + row.getInt(2) + "|" + row.getInt(3);
        }
    }

    void start(WalHold.Steps steps) throws IOException {
        start(ReplicaSettings.DEFAULT, steps);
    }

    void start(ReplicaSettings settings, WalHold.Steps steps) throws IOException {
        start(settings, steps, Runnable::run);
    }

    void start(ReplicaSettings settings, WalHold.Steps steps, Executor workers) throws IOException {
        remote = RemoteRanges.open(store, "", LitestreamNames.FILES, LitestreamNames.settings());
        LocalRanges local =
                LocalRanges.open(disk, MetaDirectory.of(database).root(), LitestreamNames.FILES);
        backlog =
                UploadBacklog.open(local, remote, 0, settings.backlogBytesMax(), local::attributes);
        replicator =
                new Replicator(
                        database, settings, disk, clock, clock, local, remote, backlog, workers,
                        () -> {}, steps);
    }

    /// Lets time pass and calls the replicator, so many times.
    void run(int times, Duration each) {
        for (int i = 0; i < times; i++) {
            clock.advance(each);
            replicator.run(clock.nanoTime(), BUFFERS);
        }
    }

    /// Has everything packed and uploaded.
    ///
    /// @return the newest transaction of the replica
    Txid sync() throws IOException {
        replicator.requestSync();
        for (int i = 0; i < 200 && replicator.isSyncWanted(); i++) {
            run(1, Duration.ofMillis(20));
        }
        assertThat(replicator.isSyncWanted()).as("%s", replicator.status()).isFalse();
        while (backlog.uploadNext()) {
            // all there is
        }
        assertThat(replicator.status().problem()).isNull();
        return replicator.status().remote();
    }

    void stop() {
        replicator.requestStop(true);
        replicator.run(clock.nanoTime(), BUFFERS);
    }

    /// Returns the numbers in the table as it was after a transaction; the file is checked first.
    String restoredNumbers(Txid txid) throws Exception {
        Path restored = directory.resolve("restored.db");
        new Replay(remote).to(restored, txid);
        try (Connection connection = open(restored);
                Statement statement = connection.createStatement()) {
            try (ResultSet check = statement.executeQuery("PRAGMA integrity_check(1)")) {
                assertThat(check.getString(1)).isEqualTo("ok");
            }
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT group_concat(n) FROM (SELECT n FROM t ORDER BY n)")) {
                return String.valueOf(row.getString(1));
            }
        } finally {
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(restored + suffix));
            }
        }
    }

    @Override
    public void close() throws Exception {
        if (replicator != null) {
            stop();
        }
        writer.close();
    }
}
