package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lets a replicator die at a random step (a write, force, rename, delete, put, or one inside its
/// work on the WAL), with or without a power failure of its own disk, while a writer goes on; then starts it
/// again and judges what can be restored: each transaction of the replica is a state between two commits, and
/// the newest is the newest. Each seed has 40 crashes. Repeat one with `-Dsiltstone.seed=N`, run more with
/// `-Dsiltstone.seeds=N`.
class ReplicatorCrashTest {
    private static final int SEEDS =
            Integer.getInteger("siltstone.seeds", Boolean.getBoolean("siltstone.long") ? 1_000 : 6);
    private static final int CRASHES = 40;
    private static final HoldBuffers BUFFERS = HoldBuffers.allocate();

    @TempDir Path directory;

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void restoresWhatWasCommittedWhereverItDies(long seed) throws Exception {
        try (Run run = new Run(seed)) {
            for (int crash = 0; crash < CRASHES; crash++) {
                run.untilCrash();
            }
        }
    }

    private final class Run implements AutoCloseable {
        private final SplittableRandom random;
        private final Path database = directory.resolve("live.db");
        private final ManualClock clock = new ManualClock();
        private final CrashSwitch crash = new CrashSwitch();
        private final MemoryStore store = new MemoryStore(clock);
        private final Map<Long, String> contents = new HashMap<>();
        private SimulatedDisk disk = new SimulatedDisk();
        private Connection writer;
        private long counter;

        Run(long seed) throws Exception {
            this.random = new SplittableRandom(seed);
            int pageSize = 512 << random.nextInt(4);
            this.writer = open(database);
            execute(
                    "PRAGMA page_size=" + pageSize,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE progress (n INTEGER)",
                    "INSERT INTO progress VALUES (0)",
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)");
            tune();
            Files.createDirectories(MetaDirectory.of(database).own());
            contents.put(0L, content(writer));
        }

        private Connection open(Path file) throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + file);
        }

        private void tune() throws SQLException {
            execute(
                    "PRAGMA synchronous=OFF",
                    "PRAGMA wal_autocheckpoint=" + random.nextInt(60),
                    "PRAGMA cache_size=" + (5 + random.nextInt(30)));
        }

        private void execute(String... statements) throws SQLException {
            try (Statement statement = writer.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
        }

        void untilCrash() throws Exception {
            RemoteRanges remote = openRemote();
            Replicator replicator = start(remote);
            crash.after(1 + random.nextInt(300));
            int steps = 0;
            while (!crash.isDead() && steps++ < 400) {
                step(replicator);
            }
            replicator.requestStop(true);
            replicator.run(clock.nanoTime(), BUFFERS);
            crash.revive();
            disk = random.nextBoolean() ? disk.kill() : disk.crash(random.split());
            whileDown();
            judge();
        }

        private Replicator start(RemoteRanges remote) throws IOException {
            CrashingDisk crashing = new CrashingDisk(disk, crash);
            LocalRanges local =
                    LocalRanges.open(
                            crashing, MetaDirectory.of(database).root(), LitestreamNames.FILES);
            backlog = UploadBacklog.open(local, remote, 0, 1 << 20, local::attributes);
            return new Replicator(
                    database,
                    ReplicaSettings.DEFAULT,
                    crashing,
                    clock,
                    clock,
                    local,
                    remote,
                    backlog,
                    Runnable::run,
                    () -> {},
                    step -> crash.point());
        }

        private UploadBacklog backlog;

        private RemoteRanges openRemote() throws IOException {
            return RemoteRanges.open(store, "", LitestreamNames.FILES, LitestreamNames.settings());
        }

        private void step(Replicator replicator) throws Exception {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> commit();
                case 3 -> foreignCheckpoint();
                case 4 -> upload();
                case 5 -> replicator.requestSync();
                default -> {
                    clock.advance(Duration.ofMillis(1 + random.nextInt(120)));
                    replicator.run(clock.nanoTime(), BUFFERS);
                }
            }
        }

        private void upload() {
            try {
                crash.point();
                backlog.uploadNext();
                crash.point();
            } catch (IOException | CrashSwitch.Crash e) {
                assertThat(crash.isDead()).as("%s", e).isTrue();
            }
        }

        private void foreignCheckpoint() throws SQLException {
            String mode = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE").get(random.nextInt(4));
            execute("PRAGMA busy_timeout=0", "PRAGMA wal_checkpoint(" + mode + ")");
        }

        private void commit() throws SQLException {
            counter++;
            execute("BEGIN IMMEDIATE");
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                long id = random.nextInt(200);
                if (random.nextInt(3) == 0) {
                    execute("DELETE FROM t WHERE id BETWEEN %d AND %d".formatted(id, id + 20));
                } else {
                    execute(
                            "INSERT OR REPLACE INTO t VALUES (%d, randomblob(%d))"
                                    .formatted(id, random.nextInt(1500)));
                }
            }
            execute("UPDATE progress SET n = " + counter);
            contents.put(counter, content(writer));
            execute("COMMIT");
            if (random.nextInt(60) == 0) {
                execute("VACUUM");
            }
        }

        /// What happens while nobody replicates.
        private void whileDown() throws SQLException {
            for (int i = random.nextInt(4); i > 0; i--) {
                commit();
            }
            switch (random.nextInt(4)) {
                case 0 -> foreignCheckpoint();
                case 1 -> {
                    writer.close();
                    writer = open(database);
                    tune();
                }
                default -> {}
            }
        }

        private String content(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery(
                                    "SELECT (SELECT n FROM progress) || (SELECT count(*) || coalesce(group_concat(id || hex(v)), '') FROM (SELECT * FROM t ORDER BY id))")) {
                return Integer.toHexString(row.getString(1).hashCode()) + row.getString(1).length();
            }
        }

        /// Goes on without a crash, and looks at what can be restored then.
        private void judge() throws Exception {
            RemoteRanges remote = openRemote();
            Replicator replicator = start(remote);
            if (random.nextBoolean()) {
                commit();
            }
            replicator.requestSync();
            for (int i = 0;
                    i < 300
                            && (replicator.isSyncWanted()
                                    || i < 20
                                    || remote.known().list(0).isEmpty());
                    i++) {
                clock.advance(Duration.ofMillis(30));
                replicator.run(clock.nanoTime(), BUFFERS);
                while (backlog.uploadNext()) {
                    // all there is
                }
            }
            ReplicaStatus status = replicator.status();
            assertThat(status.problem()).as("%s", replicator.stoppedBy()).isNull();
            assertThat(replicator.isSyncWanted()).isFalse();
            assertThat(restoredCounter(remote, status.remote())).isEqualTo(counter);
            List<RangeFile> files = remote.known().list(0);
            long base = remote.known().newest(9).orElseThrow().id().last();
            for (RangeFile file : files) {
                if (file.id().last() > base && random.nextInt(files.size()) < 1) {
                    restoredCounter(remote, new Txid(file.id().last()));
                }
            }
            replicator.requestStop(true);
            replicator.run(clock.nanoTime(), BUFFERS);
        }

        private long restoredCounter(RemoteRanges remote, Txid txid) throws Exception {
            Path restored = directory.resolve("restored.db");
            new Replay(remote).to(restored, txid);
            try (Connection connection = open(restored);
                    Statement statement = connection.createStatement()) {
                try (ResultSet check = statement.executeQuery("PRAGMA integrity_check(1)")) {
                    assertThat(check.getString(1)).as("integrity at " + txid).isEqualTo("ok");
                }
                long n;
                try (ResultSet row = statement.executeQuery("SELECT n FROM progress")) {
                    n = row.getLong(1);
                }
                assertThat(content(connection))
                        .as("%s, counter %d", txid, n)
                        .isEqualTo(contents.get(n));
                return n;
            } finally {
                for (String suffix : List.of("", "-wal", "-shm")) {
                    Files.deleteIfExists(Path.of(restored + suffix));
                }
            }
        }

        @Override
        public void close() throws Exception {
            writer.close();
        }
    }
}
