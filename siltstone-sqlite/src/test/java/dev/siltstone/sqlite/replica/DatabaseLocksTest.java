package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.RealDisk;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.sqlite.SqliteLocks;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.WalHold.Step;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/// Whatever is done with a database beside SQLite, the locks that SQLite holds on it in this process stay: closing
/// any other descriptor of the file would drop them all, and nobody would notice. Lost ones do not come back while a
/// connection is open, so it is enough to look at the end of each way.
@EnabledOnOs(OS.LINUX)
class DatabaseLocksTest {
    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir Path directory;
    private ReplicatorFixture fixture;

    @BeforeEach
    void create() throws Exception {
        fixture = new ReplicatorFixture(directory);
        fixture.insert(1);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private SqliteLocks locks() throws IOException {
        return SqliteLocks.of(ProcessHandle.current().pid(), fixture.database);
    }

    private void requireHeld() throws IOException {
        SqliteLocks.assertHeldBy(ProcessHandle.current().pid(), fixture.database);
    }

    /// The test would see it.
    @Test
    void areDroppedByADescriptorThatIsClosed() throws Exception {
        assertThat(locks().isOpen()).isTrue();
        new FileInputStream(fixture.database.toFile()).close();
        assertThat(locks().isOpen()).isFalse();
    }

    @Test
    void areHeldAtEveryStep() throws Exception {
        Set<Step> seen = EnumSet.noneOf(Step.class);
        int[] n = {0};
        fixture.start(
                ReplicatorFixture.sealing(POLL),
                step -> {
                    seen.add(step);
                    SqliteLocks locks = locks();
                    assertThat(locks.isOpen()).as("%s: %s", step, locks).isTrue();
                    assertThat(!locks.readMarks().isEmpty() || locks.holdsWriteLock())
                            .as("%s: %s", step, locks)
                            .isTrue();
                    if (step == Step.BEGUN && n[0] > 0) {
                        insertUnlessLocked(n[0]++);
                    }
                });
        fixture.sync();
        requireHeld();
        seen.clear();
        for (n[0] = 2; n[0] < 60; ) {
            insertUnlessLocked(n[0]++);
            fixture.run(2, POLL);
            requireHeld();
        }
        assertThat(seen).containsAll(EnumSet.complementOf(EnumSet.of(Step.DECIDED)));
        fixture.stop();
        assertThat(locks().isOpen()).as("the writer's own").isTrue();
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        requireHeld();
    }

    private void insertUnlessLocked(int number) throws IOException {
        try {
            fixture.insert(number);
        } catch (SQLException e) {
            if (e.getErrorCode() != SQLiteErrorCode.SQLITE_BUSY.code) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void areHeldWhileASnapshotIsWrittenAndAfterLevels() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        fixture.insert(2);
        Txid txid = fixture.sync();
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        while (snapshot.size() == 0) {
            Thread writing =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    fixture.replicator.write(LtxSink.of(snapshot));
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            while (writing.isAlive()) {
                fixture.run(1, POLL);
                requireHeld();
            }
        }
        LocalRanges local =
                LocalRanges.open(
                        fixture.disk,
                        MetaDirectory.of(fixture.database).root(),
                        LitestreamNames.FILES);
        try (Levels levels =
                new Levels(
                        fixture.disk,
                        local,
                        fixture.remote,
                        fixture.replicator,
                        LevelSettings.DEFAULT)) {
            levels.runDue(fixture.clock.instant());
        }
        assertThat(fixture.remote.known().newest(1).orElseThrow().id().last())
                .isEqualTo(txid.value());
        requireHeld();
    }

    @Test
    void areHeldAfterWhatReadsTheDatabaseOrItsReplica() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        try (ReplicaRuntime runtime = ReplicaRuntime.system(new SplittableRandom(1))) {
            SourceCheck.require(fixture.database);
            requireHeld();
            assertThat(
                            new Verify(fixture.remote, runtime)
                                    .run(
                                            fixture.database,
                                            directory.resolve("scratch"),
                                            Duration.ZERO,
                                            RestoreListener.NONE)
                                    .same())
                    .isTrue();
            requireHeld();
            LocalState.of(runtime.disk(), fixture.database);
            DestinationFile.read(runtime.disk(), MetaDirectory.of(fixture.database));
            PositionFile.read(runtime.disk(), MetaDirectory.of(fixture.database).own());
            SourceIdentity.of(fixture.database);
            requireHeld();
            Path beside = directory.resolve("beside.db");
            restore(beside, false);
            requireHeld();
            restore(beside, true);
            requireHeld();
            assertThatThrownBy(() -> restore(fixture.database, false))
                    .isInstanceOf(RestoreRefusedException.class);
            requireHeld();
        }
    }

    private void restore(Path output, boolean force) throws IOException {
        RealDisk disk = new RealDisk();
        new Restore(fixture.remote, disk, RestoreSettings.DEFAULT, new PositionKeeper(disk, output))
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), output)
                                .withForce(force)
                                .withIntegrityCheck(IntegrityCheck.FULL),
                        RestoreListener.NONE);
    }

    @Test
    void areHeldAfterTheHoldWasLostAndTakenAgain() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        Path moved = directory.resolve("moved.db");
        Files.move(fixture.database, moved);
        fixture.run(60, POLL);
        assertThat(fixture.replicator.status().phase()).isEqualTo(ReplicaStatus.Phase.WAITING);
        assertThat(locksOfWriterOn(moved)).as("those of the writer").isTrue();
        Files.move(moved, fixture.database);
        fixture.run(100, POLL);
        fixture.insert(2);
        fixture.sync();
        requireHeld();
    }

    /// The `-shm` kept its name.
    private boolean locksOfWriterOn(Path moved) throws IOException {
        return !SqliteLocks.of(ProcessHandle.current().pid(), moved).database().isEmpty();
    }

    @Test
    void ofOneHoldStayWhenAnotherOfTheSameDatabaseEnds() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        Captures captures = Captures.open(fixture.disk, directory.resolve("second"), new Txid(1));
        WalHold second =
                new WalHold(
                        fixture.database,
                        captures,
                        HoldSettings.DEFAULT,
                        fixture.clock,
                        HoldBuffers.allocate(),
                        WalHold.Steps.IGNORED);
        assertThat(second.attach(false, null, new Txid(2))).isPresent();
        second.roll();
        requireHeld();
        second.close();
        captures.close();
        requireHeld();
        fixture.insert(2);
        assertThat(fixture.checkpoint("TRUNCATE")).as("still held").startsWith("1|");
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2");
    }

    @Test
    void areHeldAfterErrors() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.sync();
        Path text = Files.writeString(directory.resolve("text.db"), "no database, only words");
        Path rollback = directory.resolve("rollback.db");
        try (var connection = ReplicatorFixture.open(rollback)) {
            ReplicatorFixture.execute(connection, "CREATE TABLE t (n)");
        }
        try (ReplicaRuntime runtime = ReplicaRuntime.system(new SplittableRandom(1))) {
            for (Path wrong : List.of(text, rollback, directory)) {
                assertThatThrownBy(() -> SourceCheck.require(wrong))
                        .isInstanceOf(SourceException.class);
                assertThatThrownBy(() ->
                                new Verify(fixture.remote, runtime)
                                        .run(
                                                wrong,
                                                directory.resolve("scratch"),
                                                Duration.ZERO,
                                                RestoreListener.NONE))
                        .isInstanceOf(SourceException.class);
                requireHeld();
            }
            assertThatThrownBy(() -> SourceConnection.open(text).journalMode())
                    .isInstanceOf(SourceException.class);
            assertThatThrownBy(() ->
                            new Verify(fixture.remote, runtime)
                                    .run(
                                            fixture.database,
                                            directory.resolve("none/scratch"),
                                            Duration.ZERO,
                                            RestoreListener.NONE))
                    .isInstanceOf(IOException.class);
            requireHeld();
        }
        Captures captures = Captures.open(fixture.disk, directory.resolve("second"), new Txid(1));
        assertThatThrownBy(() ->
                        new WalHold(
                                rollback,
                                captures,
                                HoldSettings.DEFAULT,
                                fixture.clock,
                                HoldBuffers.allocate(),
                                WalHold.Steps.IGNORED))
                .isInstanceOf(SourceException.class);
        requireHeld();
    }
}
