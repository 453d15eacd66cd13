package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.WalHold.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;

/// The ways in which a WAL that is held wrongly loses transactions without a word. Each test fails when the rule
/// that it guards is taken out of [WalHold].
class WalHoldTest {
    private static final Duration POLL = Duration.ofMillis(4);

    @TempDir Path directory;
    private ReplicatorFixture fixture;

    @BeforeEach
    void create() throws Exception {
        fixture = new ReplicatorFixture(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private interface Action {
        void run() throws SQLException;
    }

    /// Lets another process act once, right after a step.
    private static WalHold.Steps onceAfter(Step wanted, Action action) {
        AtomicInteger times = new AtomicInteger();
        return step -> {
            if (step == wanted && times.getAndIncrement() == 0) {
                try {
                    action.run();
                } catch (SQLException e) {
                    if (e.getErrorCode() != SQLiteErrorCode.SQLITE_BUSY.code) {
                        throw new IOException(e);
                    }
                }
            }
        };
    }

    /// Rule: the write lock is held from before a holder begins until what is there is captured. Without it the
    /// holder begins where all is in the database file, holds nothing, and a commit drops the frames that nobody
    /// captured: it is seen if it comes before it is decided how to go on, and not if it comes right after.
    @ParameterizedTest
    @EnumSource(names = {"BEGUN", "DECIDED"})
    void attachLosesNothingThoughAllWasBackfilledAndAWriterIsQuick(Step moment) throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.stop();
        fixture.insert(2);
        assertThat(fixture.checkpoint("PASSIVE")).startsWith("0|");
        fixture.start(onceAfter(moment, () -> fixture.insert(3)));
        Txid first = fixture.sync();
        fixture.insert(4);
        assertThat(fixture.restoredNumbers(first)).startsWith("1,2");
        assertThat(fixture.restoredNumbers(fixture.sync())).startsWith("1,2").endsWith("4");
        assertThat(fixture.remote.known().list(9)).hasSize(1);
    }

    /// Rule: what the wal-index says is committed is believed, not the chain of checksums. A writer that was
    /// killed between its frames and its commit leaves frames that the next one overwrites.
    @Test
    void framesOfAKilledWriterAreNotTakenForCommitted() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.insert(2);
        appendPhantomCommit();
        Txid txid = fixture.sync();
        assertThat(fixture.restoredNumbers(txid)).isEqualTo("1,2");
        fixture.insert(3);
        fixture.run(3, POLL);
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2,3");
    }

    /// Writes, behind the last committed frame, a valid frame that ends a commit and empties page 2.
    private void appendPhantomCommit() throws IOException, SQLException {
        try (RandomAccessFile wal = new RandomAccessFile(fixture.database + "-wal", "rw")) {
            byte[] header = new byte[32];
            wal.readFully(header);
            ByteBuffer start = ByteBuffer.wrap(header);
            int frameBytes = 24 + start.getInt(8);
            long end = 32 + (wal.length() - 32) / frameBytes * frameBytes;
            byte[] last = new byte[24];
            wal.seek(end - frameBytes);
            wal.readFully(last);
            ByteBuffer before = ByteBuffer.wrap(last);
            ByteBuffer frame = ByteBuffer.allocate(frameBytes);
            frame.putInt(2).putInt(before.getInt(4));
            frame.putInt(start.getInt(16)).putInt(start.getInt(20));
            int[] sum = {before.getInt(16), before.getInt(20)};
            add(sum, frame, 0, 8);
            add(sum, frame, 24, frameBytes - 24);
            frame.putInt(sum[0]).putInt(sum[1]);
            wal.seek(end);
            wal.write(frame.array());
        }
    }

    private static void add(int[] sum, ByteBuffer bytes, int from, int length) {
        for (int at = from; at < from + length; at += 8) {
            sum[0] += Integer.reverseBytes(bytes.getInt(at)) + sum[1];
            sum[1] += Integer.reverseBytes(bytes.getInt(at + 4)) + sum[0];
        }
    }

    /// Rule: how the WAL stood is noted before a holder begins. If it is noted afterwards, a commit in between
    /// counts as seen, the holder is never renewed, and a foreign checkpoint waits for it for ever.
    @Test
    void aHolderThatBeganBesideACommitIsRenewed() throws Exception {
        boolean[] checkpointed = {false};
        AtomicInteger committed = new AtomicInteger();
        fixture.start(step -> {
            checkpointed[0] |= step == Step.CHECKPOINTED;
            if (step == Step.BEGUN && checkpointed[0] && committed.getAndIncrement() == 0) {
                try {
                    fixture.insert(2);
                } catch (SQLException e) {
                    throw new IOException(e);
                }
            }
        });
        fixture.insert(1);
        fixture.sync();
        for (int i = 0; i < 1000 && committed.get() == 0; i++) {
            fixture.run(1, POLL);
        }
        assertThat(committed.get()).isPositive();
        for (int i = 0; i < 5; i++) {
            fixture.checkpoint("TRUNCATE");
            fixture.run(5, POLL);
        }
        assertThat(fixture.checkpoint("TRUNCATE")).isEqualTo("0|0|0");
    }

    /// Rule: a holder is in place before the write lock is let go. If it begins afterwards, others may commit,
    /// checkpoint and begin the WAL anew in between. (A reader keeps the quieter ways from working until then.)
    @Test
    void aSealedCheckpointIsHeldBeforeItsLockIsLetGo() throws Exception {
        boolean[] armed = {false};
        Connection reader = ReplicatorFixture.open(fixture.database);
        AtomicInteger sealed = new AtomicInteger();
        fixture.start(
                ReplicatorFixture.sealing(POLL),
                step -> {
                    if (step == Step.LOCKED && armed[0]) {
                        close(reader);
                    }
                    if (step == Step.UNLOCKED && armed[0]) {
                        armed[0] = false;
                        sealed.incrementAndGet();
                        try {
                            fixture.insert(100);
                            fixture.checkpoint("TRUNCATE");
                            fixture.insert(101);
                            fixture.checkpoint("TRUNCATE");
                            fixture.insert(102);
                        } catch (SQLException e) {
                            throw new IOException(e);
                        }
                    }
                });
        fixture.insert(1);
        fixture.sync();
        ReplicatorFixture.execute(reader, "BEGIN", "SELECT count(*) FROM t");
        armed[0] = true;
        for (int n = 2; sealed.get() == 0 && n < 50; n++) {
            fixture.insert(n);
            fixture.run(2, POLL);
        }
        assertThat(sealed.get()).isEqualTo(1);
        assertThat(fixture.restoredNumbers(fixture.sync())).endsWith(",100,101,102");
    }

    /// Rule: what was committed until the write lock was taken for a sealed checkpoint is captured inside it: the
    /// checkpoint leaves a WAL that the next writer begins anew.
    @Test
    void aSealedCheckpointCapturesWhatCameBeforeItsLock() throws Exception {
        AtomicInteger n = new AtomicInteger();
        AtomicInteger sealed = new AtomicInteger();
        fixture.start(
                ReplicatorFixture.sealing(POLL),
                step -> {
                    if (n.get() > 0 && n.get() < 200 && step != Step.LOCKED) {
                        insertUnlessLocked(n);
                    }
                    if (n.get() > 0 && step == Step.UNLOCKED) {
                        sealed.incrementAndGet();
                    }
                });
        fixture.insert(0);
        fixture.sync();
        for (n.set(1); n.get() < 200; ) {
            insertUnlessLocked(n);
            fixture.run(2, POLL);
        }
        assertThat(sealed.get()).isPositive();
        assertThat(fixture.restoredNumbers(fixture.sync()).split(",")).hasSize(n.get());
        assertThat(fixture.remote.known().list(9)).hasSize(1);
    }

    private void insertUnlessLocked(AtomicInteger n) throws IOException {
        try {
            fixture.insert(n.get());
            n.incrementAndGet();
        } catch (SQLException e) {
            if (e.getErrorCode() != SQLiteErrorCode.SQLITE_BUSY.code) {
                throw new IOException(e);
            }
        }
    }

    private static void close(Connection connection) throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    /// Rule: a holder ends only when another is in place. Whoever writes, checkpoints and writes again at the moment
    /// when one ends finds the next one there.
    @Test
    void rollingNeverLeavesTheWalUnheld() throws Exception {
        AtomicInteger n = new AtomicInteger(1);
        fixture.start(step -> {
            if (step == Step.ENDED && n.get() < 200) {
                try {
                    fixture.insert(n.getAndIncrement());
                    fixture.checkpoint("TRUNCATE");
                    fixture.insert(n.getAndIncrement());
                } catch (SQLException e) {
                    throw new IOException(e);
                }
            }
        });
        fixture.insert(0);
        fixture.sync();
        while (n.get() < 200) {
            fixture.run(1, Duration.ofMillis(20));
        }
        Txid txid = fixture.sync();
        assertThat(fixture.restoredNumbers(txid).split(",")).hasSize(n.get());
        assertThat(fixture.remote.known().list(9)).hasSize(1);
    }

    /// Rule: captured frames are gone on behind only where they still lie. Here commits of the time without a
    /// replicator were copied to the database, and the WAL was begun anew over them: its old rest looks as if
    /// nothing were missing.
    @Test
    void theOldRestOfAWalThatWasBegunAnewIsNotMissed() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.stop();
        for (int n = 2; n < 20; n++) {
            fixture.insert(n);
        }
        assertThat(fixture.checkpoint("PASSIVE")).startsWith("0|");
        fixture.insert(20);
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(21);
        assertThat(fixture.restoredNumbers(fixture.sync()).split(",")).hasSize(21);
    }

    /// Rule: the frame that was captured last is looked at. After a power failure, with `synchronous=NORMAL`, the
    /// WAL may be shorter than it was, and be written on with the same salts.
    @Test
    void framesThatWereLostAfterTheyWereCapturedAreNotGoneOnBehind() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.stop();
        Path wal = Path.of(fixture.database + "-wal");
        Path before = Files.copy(wal, directory.resolve("before"));
        Path database = Files.copy(fixture.database, directory.resolve("database"));
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(2);
        fixture.sync();
        fixture.close();

        Files.copy(database, fixture.database, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(before, wal, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(Path.of(fixture.database + "-shm"));
        fixture = new ReplicatorFixture(fixture);
        for (int n = 20; n < 30; n++) {
            fixture.insert(n);
        }
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(30);
        assertThat(fixture.restoredNumbers(fixture.sync()))
                .isEqualTo("1,20,21,22,23,24,25,26,27,28,29,30");
    }

    /// Rule: it is gone on only where all that was captured is still committed. After a power failure a frame in the
    /// middle may be gone while the last one, captured and whole, still lies behind it: no longer committed.
    @Test
    void aCapturedFrameThatIsCommittedNoLongerIsNotGoneOnBehind() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.insert(2);
        long middle = Files.size(Path.of(fixture.database + "-wal"));
        fixture.insert(3);
        fixture.insert(4);
        fixture.sync();
        Path wal = Path.of(fixture.database + "-wal");
        Path before = Files.copy(wal, directory.resolve("before"));
        Path database = Files.copy(fixture.database, directory.resolve("database"));
        fixture.stop();
        fixture.close();

        Files.copy(database, fixture.database, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(before, wal, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile torn = new RandomAccessFile(wal.toFile(), "rw")) {
            torn.seek(middle);
            torn.write(new byte[24]);
        }
        Files.deleteIfExists(Path.of(fixture.database + "-shm"));
        fixture = new ReplicatorFixture(fixture);
        fixture.start(WalHold.Steps.IGNORED);
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2");
        for (int n = 20; n < 24; n++) {
            fixture.insert(n);
        }
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2,20,21,22,23");
    }

    /// Rule: what was captured ends with a commit. Where the last committed frame does not say so any more, what is
    /// in the file is not what was committed, and the database is read anew.
    @Test
    void aLastFrameThatEndsNoCommitIsNotPacked() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        fixture.insert(2);
        long lastFrame = Files.size(Path.of(fixture.database + "-wal")) - (24 + 1024);
        shell(
                "printf '\\0\\0\\0\\0' | dd of=live.db-wal bs=1 seek=%d conv=notrunc"
                        .formatted(lastFrame + 4));
        fixture.run(3, POLL);
        assertThat(fixture.replicator.status().problem()).contains("should end a commit");
        fixture.checkpoint("TRUNCATE");
        fixture.insert(3);
        fixture.replicator.requestSync();
        fixture.run(200, Duration.ofMillis(20));
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2,3");
    }

    /// Rule: a restored database is gone on with only if the file is the one that was restored. Here others may have
    /// written and checkpointed it, and no WAL tells of it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRestoredDatabaseThatOthersChangedIsNotGoneOnWithAsIfItWereWhole(boolean changed)
            throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        Txid last = fixture.sync();
        fixture.close();
        Path meta = MetaDirectory.of(fixture.database).own();
        Captures.forget(fixture.disk, meta);
        long pages = Files.size(fixture.database) / 1024;
        SourceIdentity restored = SourceIdentity.of(fixture.database);
        PositionFile.write(
                fixture.disk, meta, new PositionFile.Position(last, pages, 1024, restored));
        if (changed) {
            try (Connection other = ReplicatorFixture.open(fixture.database)) {
                ReplicatorFixture.execute(other, "INSERT INTO t VALUES (2, randomblob(3000))");
            }
        }
        assertThat(Path.of(fixture.database + "-wal")).doesNotExist();
        fixture = new ReplicatorFixture(fixture);
        fixture.start(WalHold.Steps.IGNORED);
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo(changed ? "1,2" : "1");
    }

    /// Nobody can say how far the WAL is while a writer, perhaps stopped in the middle, writes that down. The hold is
    /// what it was; to give it up would cost a reading of the whole database.
    @Test
    void aWalIndexThatIsBeingWrittenIsNoLostHold() throws Exception {
        fixture.start(WalHold.Steps.IGNORED);
        fixture.insert(1);
        fixture.sync();
        ReplicatorFixture.execute(fixture.writer, "BEGIN IMMEDIATE");
        // by another process: closing the file in this one would drop SQLite's locks
        shell("dd if=live.db-shm of=byte bs=1 skip=56 count=1");
        shell("printf '\\377' | dd of=live.db-shm bs=1 seek=56 conv=notrunc");
        fixture.run(5, POLL);
        assertThat(fixture.replicator.status().problem()).isNull();
        assertThat(fixture.replicator.status().phase()).isEqualTo(ReplicaStatus.Phase.FOLLOWING);
        shell("dd if=byte of=live.db-shm bs=1 seek=56 conv=notrunc");
        ReplicatorFixture.execute(fixture.writer, "COMMIT");
        fixture.insert(2);
        assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2");
    }

    private void shell(String command) throws Exception {
        int exitCode =
                new ProcessBuilder("sh", "-c", command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        assertThat(exitCode).as(command).isZero();
    }
}
