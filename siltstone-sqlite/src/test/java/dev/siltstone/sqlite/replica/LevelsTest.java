package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.FaultyStore.Fault;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.StoreUsage;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.Pin;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Repeat one seed with `-Dsiltstone.seed=N`.
class LevelsTest {
    private static final Path META = Path.of("/data/.app.db-litestream");
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 100 : 2;

    /// A day of the default settings in an hour.
    private static final LevelSettings SCALED =
            new LevelSettings(
                    List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10)),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    Duration.ofHours(1),
                    256);

    /// A database that is replicated: what the replicator does, and its levels.
    private static final class Machine {
        final MadeHistory history;
        final MadeReplica replica;
        final FaultyStore store;
        final LevelSettings settings;
        SimulatedDisk disk = new SimulatedDisk();
        LocalRanges local;
        RemoteRanges remote;
        Levels levels;
        Instant now = MadeHistory.START;
        int snapshots;

        Machine(MadeHistory history, LevelSettings settings) throws IOException {
            this.history = history;
            this.replica = new MadeReplica(history, LitestreamNames.S3);
            this.store = new FaultyStore(replica.store);
            this.settings = settings;
            start();
        }

        void start() throws IOException {
            store.recover();
            local = LocalRanges.open(disk, META, LitestreamNames.FILES);
            remote = replica.open(store);
            levels = new Levels(disk, local, remote, this::snapshot, settings);
        }

        private SnapshotSource.Snapshot snapshot(dev.siltstone.sqlite.ltx.LtxSink sink)
                throws IOException {
            snapshots++;
            int txid = history.newest();
            sink.write(ByteBuffer.wrap(history.snapshot(txid)));
            return new SnapshotSource.Snapshot(
                    new Txid(txid), history.time(txid), Optional.of(history.checksum(txid)));
        }

        /// Commits a transaction; the first one becomes a snapshot, the others files of level 0.
        void commit() throws IOException {
            history.commit(now);
            int txid = history.newest();
            int level = txid == 1 ? 9 : 0;
            Map<String, String> checksum =
                    Map.of(LitestreamNames.CHECKSUM_METADATA, history.checksumText(txid));
            try (StagedRange staged = local.stage(level)) {
                staged.file().write(ByteBuffer.wrap(history.file(txid)), 0);
                staged.finish(txid, txid, now, checksum);
            }
            confirm(txid, checksum);
        }

        void confirm(int txid, Map<String, String> checksum) throws IOException {
            RangeId id = new RangeId(txid == 1 ? 9 : 0, txid, txid);
            remote.put(id, ObjectBody.of(history.file(txid)), history.time(txid), checksum);
        }

        /// Moves on to a time, and works when it is due.
        void until(Instant time) throws IOException {
            Optional<Instant> due = levels.nextDue(now);
            int calls = 0;
            while (due.isPresent() && !due.get().isAfter(time)) {
                now = due.get().isAfter(now) ? due.get() : now;
                due = levels.runDue(now);
                assertThat(++calls).as("calls until " + time).isLessThan(1000);
            }
            now = time;
        }

        void run(Duration length, Duration between) throws IOException {
            Instant end = now.plus(length);
            while (now.isBefore(end)) {
                commit();
                until(now.plus(between));
            }
        }

        List<RangeId> remoteIds(int level) {
            return remote.known().list(level).stream().map(RangeFile::id).toList();
        }

        /// Checks that what is promised can be restored, some of it by restoring it.
        void assertRestorable() throws IOException {
            RemoteRanges fresh = replica.open(replica.store);
            ReplicaListing listing = ReplicaListing.of(fresh);
            int newest = history.newest();
            assertThat(RestorePlan.latest(listing).txid()).isEqualTo(new Txid(newest));
            Instant oldest = now.minus(settings.snapshotRetention());
            Instant oldestOf0 = now.minus(settings.level0Retention());
            for (int level = 0; level < 10; level++) {
                for (RangeFile file : fresh.known().list(level)) {
                    if (!file.created().isBefore(level == 0 ? oldestOf0 : oldest)) {
                        RestorePlan.at(listing, new Txid(file.id().last()));
                    }
                }
            }
            for (int txid = newest; txid > 1; txid--) {
                if (history.time(txid).isBefore(oldestOf0)) {
                    break;
                }
                RestorePlan.at(listing, new Txid(txid));
            }
            List<RangeFile> ends = fresh.known().list(1);
            if (!ends.isEmpty()) {
                assertRestores(fresh, ends.get(ends.size() / 2).id().last(), oldest);
            }
            assertRestores(fresh, newest, oldest);
        }

        private void assertRestores(RemoteRanges fresh, long txid, Instant oldest)
                throws IOException {
            if (history.time((int) txid).isBefore(oldest)) {
                return;
            }
            SimulatedDisk scratch = new SimulatedDisk();
            scratch.createDirectories(Path.of("/scratch"));
            Path output = Path.of("/scratch/app.db");
            RestoreRequest request =
                    RestoreRequest.of(new RestoreTarget.At(new Txid(txid)), output)
                            .withPosition(false);
            Restored restored =
                    new Restore(
                                    fresh,
                                    scratch,
                                    RestoreSettings.DEFAULT.withParallelism(1),
                                    RestoredPosition.NONE)
                            .run(request, RestoreListener.NONE);
            assertThat(scratch.bytes(output)).isEqualTo(history.state(txid));
            assertThat(restored.checksumVerified()).isTrue();
        }
    }

    private static MadeHistory history(long seed) {
        return new MadeHistory(seed, 512, 20);
    }

    @Test
    void mergesWhatTheIntervalBroughtAndNotTheFirstImage() throws IOException {
        Machine machine = new Machine(history(1), LevelSettings.DEFAULT);
        machine.run(Duration.ofSeconds(65), Duration.ofSeconds(10));

        assertThat(machine.remoteIds(9)).containsExactly(new RangeId(9, 1, 1));
        assertThat(machine.remoteIds(1))
                .containsExactly(new RangeId(1, 2, 2), new RangeId(1, 3, 3), new RangeId(1, 4, 6));
        assertThat(machine.remoteIds(2)).containsExactly(new RangeId(2, 2, 2));
        assertThat(machine.snapshots).isZero();
    }

    @Test
    void mergedFilesCarryTimeAndChecksumOfTheirLastTransaction() throws IOException {
        Machine machine = new Machine(history(1), LevelSettings.DEFAULT);
        machine.run(Duration.ofSeconds(65), Duration.ofSeconds(10));

        RangeId id = new RangeId(1, 4, 6);
        assertThat(machine.replica.store.head(machine.remote.key(id)).metadata())
                .containsEntry(LitestreamNames.CHECKSUM_METADATA, machine.history.checksumText(6))
                .containsEntry(LitestreamNames.TIME_METADATA, machine.history.time(6).toString());
        assertThat(machine.remote.known().find(id).orElseThrow().created())
                .isEqualTo(machine.history.time(6));
        byte[] file = machine.replica.bytes(1, 4, 6);
        assertThat(LtxReader.verify("merged", new ByteArrayInputStream(file))).isNotNull();
    }

    @Test
    void localFilesAreNotFetched() throws IOException {
        Machine machine = new Machine(history(1), LevelSettings.DEFAULT);
        machine.commit();
        machine.commit();
        StoreUsage before = machine.replica.meter.usage();
        machine.commit();
        machine.until(machine.now.plusSeconds(30));

        assertThat(machine.replica.meter.usage().since(before).requests())
                .isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 4L, CallKind.GET, 2L));
    }

    @Test
    void makesNoRequestWhileNothingChanges() throws IOException {
        Machine machine = new Machine(history(2), LevelSettings.DEFAULT);
        machine.run(Duration.ofMinutes(20), Duration.ofSeconds(7));
        machine.until(machine.now.plus(Duration.ofHours(50)));
        StoreUsage before = machine.replica.meter.usage();

        assertThat(machine.levels.nextDue(machine.now)).isEmpty();
        machine.until(machine.now.plus(Duration.ofDays(30)));
        machine.levels.runDue(machine.now);

        assertThat(machine.replica.meter.usage().since(before).requests()).isEmpty();
        assertThat(machine.remoteIds(0)).hasSize(1);
        assertThat(machine.local.known().list(0)).hasSize(1);
        machine.assertRestorable();
    }

    @Test
    void keepsWhatIsPromisedAndLetsGoOfTheRest() throws IOException {
        Machine machine = new Machine(history(3), SCALED);
        for (int i = 0; i < 30; i++) {
            machine.run(Duration.ofMinutes(5), Duration.ofSeconds(11));
            machine.assertRestorable();
        }
        assertThat(machine.remoteIds(0)).hasSizeBetween(5, 10);
        assertThat(machine.remoteIds(1)).hasSizeLessThan(3 * 120);
        assertThat(machine.remoteIds(2)).hasSizeLessThan(3 * 30);
        assertThat(machine.remoteIds(3)).hasSizeLessThan(3 * 6);
        assertThat(machine.remoteIds(9)).hasSizeBetween(2, 3);
        assertThat(machine.local.known().list(0)).hasSizeBetween(5, 10);
        assertThat(machine.disk.files()).hasSize(machine.local.known().list(0).size());
        long commits = machine.history.newest();
        Map<CallKind, Long> requests = machine.replica.meter.usage().requests();
        assertThat(requests.get(CallKind.PUT_IF_ABSENT)).isLessThan(commits + 308 + 77 + 16 + 8);
        assertThat(requests.get(CallKind.DELETE_BATCH)).isLessThan(330);
    }

    @Test
    void aPinnedFileStaysUntilNobodyNeedsIt() throws IOException {
        Machine machine = new Machine(history(4), LevelSettings.DEFAULT);
        machine.run(Duration.ofMinutes(1), Duration.ofSeconds(10));
        RangeId second = new RangeId(0, 2, 2);
        try (Pin pin = machine.remote.pin(List.of(second))) {
            machine.run(Duration.ofMinutes(10), Duration.ofSeconds(10));
            assertThat(machine.remoteIds(0)).contains(second);
        }
        machine.run(Duration.ofMinutes(1), Duration.ofSeconds(10));
        assertThat(machine.remoteIds(0)).doesNotContain(second);
    }

    @Test
    void takesASnapshotIfThereIsNone() throws IOException {
        Machine machine = new Machine(history(5), LevelSettings.DEFAULT);
        machine.history.upTo(3);
        for (int txid = 1; txid <= 3; txid++) {
            machine.remote.put(
                    new RangeId(0, txid, txid),
                    ObjectBody.of(machine.history.file(txid)),
                    machine.history.time(txid),
                    Map.of());
        }
        machine.now = machine.history.time(3);
        machine.levels.runDue(machine.now);

        assertThat(machine.remoteIds(9)).containsExactly(new RangeId(9, 1, 3));
        assertThat(machine.remoteIds(1)).containsExactly(new RangeId(1, 1, 3));
    }

    @Test
    void aSnapshotWaitsUntilItsTransactionsAreConfirmed() throws IOException {
        Machine machine = new Machine(history(6), LevelSettings.DEFAULT);
        machine.run(Duration.ofMinutes(1), Duration.ofSeconds(10));
        machine.now = machine.now.plus(Duration.ofHours(30));
        machine.commit();
        machine.history.commit(machine.now);
        int unconfirmed = machine.history.newest();
        machine.levels.runDue(machine.now);

        assertThat(machine.remoteIds(9)).hasSize(1);
        machine.confirm(unconfirmed, Map.of());
        machine.levels.runDue(machine.now);
        assertThat(machine.remoteIds(9))
                .containsExactly(new RangeId(9, 1, 1), new RangeId(9, 1, unconfirmed));
    }

    @Test
    void takesAnotherFormOfTheSameFileForItsOwn() throws IOException {
        Machine machine = new Machine(history(7), LevelSettings.DEFAULT);
        machine.commit();
        machine.commit();
        machine.levels.runDue(machine.now);
        machine.commit();
        machine.commit();
        byte[] same = machine.history.merged(3, 4);
        same = withOtherNode(same);
        machine.replica.put(1, 3, 4, same, machine.history.checksumText(4));
        machine.until(machine.now.plusSeconds(30));

        assertThat(machine.remoteIds(1)).contains(new RangeId(1, 3, 4));
        assertThat(machine.replica.bytes(1, 3, 4)).isEqualTo(same);
    }

    /// The same pages by another writer: its number is in the header, which changes the file checksum.
    private static byte[] withOtherNode(byte[] file) throws IOException {
        var out = new java.io.ByteArrayOutputStream();
        try (LtxReader reader = new LtxReader("same", new ByteArrayInputStream(file))) {
            var h = reader.header();
            var header =
                    new dev.siltstone.sqlite.ltx.LtxHeader(
                            h.flags(),
                            h.pageSize(),
                            h.commit(),
                            h.min(),
                            h.max(),
                            h.timestampMillis(),
                            0,
                            0,
                            0,
                            0,
                            0,
                            77);
            try (var writer =
                    new dev.siltstone.sqlite.ltx.LtxWriter(
                            "same",
                            dev.siltstone.sqlite.ltx.LtxSink.of(out),
                            header,
                            dev.siltstone.sqlite.ltx.PageCoverage.UNKNOWN,
                            new dev.siltstone.sqlite.ltx.IndexSpill(
                                    new SimulatedDisk(), Path.of("/spill")))) {
                while (reader.next()) {
                    writer.page(reader.pgno(), reader.page());
                }
                writer.finish();
            }
        }
        return out.toByteArray();
    }

    @Test
    void namesAFileOfAnotherWriterAtItsPlace() throws IOException {
        Machine machine = new Machine(history(8), LevelSettings.DEFAULT);
        machine.commit();
        machine.commit();
        machine.levels.runDue(machine.now);
        machine.commit();
        machine.commit();
        MadeHistory other = new MadeHistory(99, 512, 20).upTo(4);
        machine.replica.put(1, 3, 4, other.merged(3, 4), other.checksumText(4));

        assertThatThrownBy(() -> machine.until(machine.now.plusSeconds(30)))
                .isInstanceOf(LevelConflictException.class)
                .hasMessageContaining("db/0001/0000000000000003-0000000000000004.ltx")
                .hasMessageContaining("another writer");
    }

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivesCrashesAndAStoreThatFails(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Machine machine = new Machine(history(seed), SCALED);
        int failures = 0;
        for (int i = 0; i < 300; i++) {
            machine.commit();
            machine.store.failAtRandom(
                    random.nextLong(), 0.2, Fault.UNAVAILABLE, Fault.LOST_AFTER, Fault.TRUNCATED);
            try {
                machine.until(machine.now.plusSeconds(1 + random.nextInt(60)));
            } catch (LevelConflictException e) {
                throw new AssertionError("seed " + seed, e);
            } catch (IOException e) {
                failures++;
                if (random.nextBoolean()) {
                    machine.disk = machine.disk.kill();
                    machine.start();
                }
            }
            machine.store.recover();
            if (i % 50 == 49) {
                machine.assertRestorable();
            }
        }
        assertThat(failures).as("seed %d", seed).isGreaterThan(10);
        machine.until(machine.now.plusSeconds(1200));
        machine.assertRestorable();
    }
}
