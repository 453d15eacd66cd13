package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.Retries;
import dev.siltstone.objectstore.StoreUnavailableException;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreTest {
    private static final Path OUTPUT = Path.of("/data/app.db");
    private static final RestoreTarget LATEST = new RestoreTarget.Latest();

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<Restored> positions = new ArrayList<>();

    @BeforeEach
    void createDirectory() throws IOException {
        disk.createDirectories(OUTPUT.getParent());
    }

    /// A snapshot up to 10, level 1 up to 20, level 0 from 15 to 25.
    private static MadeReplica replica(int pageSize) throws IOException {
        MadeHistory history = new MadeHistory(1, pageSize, 60).upTo(25);
        MadeReplica replica = new MadeReplica(history, LitestreamNames.S3);
        replica.put(9, 1, 10).put(1, 8, 12).put(1, 13, 20);
        for (int txid = 15; txid <= 25; txid++) {
            replica.put(0, txid, txid);
        }
        return replica;
    }

    private Restore restore(RemoteRanges remote) {
        RestoreSettings settings = RestoreSettings.DEFAULT.withRangeBytes(2048).withParallelism(3);
        return new Restore(remote, disk, settings, recording());
    }

    private RestoredPosition recording() {
        return new RestoredPosition() {
            @Override
            public void forget() {
                positions.clear();
            }

            @Override
            public void restored(Restored database) {
                positions.add(database);
            }
        };
    }

    private Restored run(MadeReplica replica, RestoreTarget target) throws IOException {
        return restore(replica.open()).run(RestoreRequest.of(target, OUTPUT), RestoreListener.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void restoresTheNewestState(int pageSize) throws IOException {
        MadeReplica replica = replica(pageSize);

        Restored restored = run(replica, LATEST);

        assertThat(disk.bytes(OUTPUT)).isEqualTo(replica.history.state(25));
        assertThat(restored.txid()).isEqualTo(new Txid(25));
        assertThat(restored.checksumVerified()).isTrue();
        assertThat(restored.checksum()).isEqualTo(replica.history.checksum(25));
        assertThat(positions).containsExactly(restored);
    }

    @Test
    void restoresEveryEndOfAFile() throws IOException {
        MadeReplica replica = replica(512);
        for (int txid : new int[] {10, 12, 20, 21, 22, 23, 24, 25}) {
            Restored restored =
                    restore(replica.open())
                            .run(
                                    RestoreRequest.of(new RestoreTarget.At(new Txid(txid)), OUTPUT)
                                            .withForce(true),
                                    RestoreListener.NONE);

            assertThat(disk.bytes(OUTPUT)).as("%d", txid).isEqualTo(replica.history.state(txid));
            assertThat(restored.checksumVerified()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"FILES, 0", "S3, 0", "S3, 1"})
    void restoresTheStateOfBeforeATime(LitestreamNames names, int extraMillis) throws IOException {
        MadeHistory history = new MadeHistory(2, 512, 20).upTo(8);
        MadeReplica replica = new MadeReplica(history, names).put(9, 1, 1);
        for (int txid = 2; txid <= 8; txid++) {
            replica.put(0, txid, txid);
        }
        Instant time = replica.time(5).plusMillis(extraMillis);

        Restored restored = run(replica, new RestoreTarget.Before(time));

        assertThat(restored.txid()).isEqualTo(new Txid(4 + extraMillis));
        assertThat(disk.bytes(OUTPUT)).isEqualTo(history.state(4 + extraMillis));
    }

    @Test
    void nothingButTheDatabaseAndItsMetaDirectoryIsLeft() throws IOException {
        MadeReplica replica = replica(512);

        run(replica, LATEST);

        assertThat(disk.files())
                .containsExactlyInAnyOrder(
                        OUTPUT,
                        Path.of(
                                "/data/.app.db-litestream/ltx/0/0000000000000019-0000000000000019.ltx"));
    }

    @Test
    void scratchFilesGetNoMetaDirectory() throws IOException {
        restore(replica(512).open())
                .run(RestoreRequest.of(LATEST, OUTPUT).withPosition(false), RestoreListener.NONE);

        assertThat(disk.files()).containsExactly(OUTPUT);
        assertThat(positions).isEmpty();
    }

    @Test
    void fetchesSmallFilesOnceAndListsEachLevelOnce() throws IOException {
        MadeReplica replica = replica(512);

        restore(replica.open())
                .run(RestoreRequest.of(LATEST, OUTPUT).withPosition(false), RestoreListener.NONE);

        assertThat(replica.meter.usage().requests())
                .isEqualTo(Map.of(CallKind.LIST, 10L, CallKind.GET, 8L));
    }

    @Test
    void tellsHowItGetsOn() throws IOException {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        restore(replica(512).open())
                .run(
                        RestoreRequest.of(LATEST, OUTPUT),
                        new RestoreListener() {
                            @Override
                            public void progressed(long bytes, long total) {
                                done.add(bytes);
                                totals.add(total);
                            }
                        });

        assertThat(done).isSorted().hasSizeGreaterThan(8);
        assertThat(done.getLast()).isEqualTo(totals.getLast());
        assertThat(totals).containsOnly(totals.getFirst());
    }

    // ---- what is in the way

    @ParameterizedTest
    @ValueSource(strings = {"", "-wal", "-shm", "-journal"})
    void refusesAPlaceThatIsTaken(String suffix) throws IOException {
        Path there = Path.of(OUTPUT + suffix);
        disk.put(there, new byte[] {1});
        MadeReplica replica = replica(512);
        RemoteRanges remote = replica.open();

        assertThatThrownBy(() ->
                        restore(remote)
                                .run(RestoreRequest.of(LATEST, OUTPUT), RestoreListener.NONE))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageStartingWith(there + " is there already");
        assertThat(disk.files()).containsExactly(there);
        assertThat(replica.meter.usage().requests()).isEqualTo(Map.of(CallKind.LIST, 10L));
    }

    @Test
    void givesUpWhatIsThereIfForcedAndSaysSo() throws IOException {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            disk.put(Path.of(OUTPUT + suffix), new byte[] {1});
        }
        MadeReplica replica = replica(512);

        Restored restored =
                restore(replica.open())
                        .run(
                                RestoreRequest.of(LATEST, OUTPUT)
                                        .withForce(true)
                                        .withPosition(false),
                                RestoreListener.NONE);

        assertThat(disk.files()).containsExactly(OUTPUT);
        assertThat(disk.bytes(OUTPUT)).isEqualTo(replica.history.state(25));
        assertThat(restored.removed())
                .extracting(Path::toString)
                .containsExactlyInAnyOrder(
                        OUTPUT + "", OUTPUT + "-wal", OUTPUT + "-shm", OUTPUT + "-journal");
    }

    @Test
    void refusesADirectoryAndAMissingOne() throws IOException {
        disk.createDirectories(OUTPUT);
        assertThatThrownBy(() -> run(replica(512), LATEST))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining(OUTPUT + " is a directory");
        assertThatThrownBy(() ->
                        restore(replica(512).open())
                                .run(
                                        RestoreRequest.of(LATEST, Path.of("/no/app.db")),
                                        RestoreListener.NONE))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessage("there is no directory /no to restore app.db to; create it first");
    }

    @Test
    void refusesADiskWithoutSpaceBeforePagesAreFetched() throws IOException {
        MadeReplica replica = replica(4096);
        disk.limitCapacity(replica.history.state(25).length - 1);

        assertThatThrownBy(() -> run(replica, LATEST))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("more bytes, and");
        assertThat(disk.exists(OUTPUT)).isFalse();
    }

    @Test
    void refusesToLoseTransactionsThatWereNeverUploaded() throws IOException {
        MadeReplica replica = replica(512);
        Path meta = Path.of("/data/.app.db-litestream");
        LocalRanges local = LocalRanges.open(disk, meta, LitestreamNames.FILES);
        try (var staged = local.stage(0)) {
            staged.finish(26, 26, Instant.EPOCH, Map.of());
        }

        assertThatThrownBy(() -> run(replica, LATEST))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("000000000000001a.ltx goes beyond transaction")
                .hasMessageContaining("may never have been uploaded");
        restore(replica.open())
                .run(RestoreRequest.of(LATEST, OUTPUT).withForce(true), RestoreListener.NONE);
        assertThat(LocalRanges.open(disk, meta, LitestreamNames.FILES).known().list(0))
                .extracting(RangeFile::id)
                .containsExactly(new RangeId(0, 25, 25));
    }

    @Test
    void onlyOneRestoresToAPlaceAtATime() throws IOException {
        MadeReplica replica = replica(512);
        try (var lock = disk.lock(Path.of(OUTPUT + ".siltstone-restore-lock"))) {
            assertThatThrownBy(() -> run(replica, LATEST))
                    .isInstanceOf(RestoreRefusedException.class)
                    .hasMessage(OUTPUT + " is being restored by somebody else");
        }
    }

    // ---- the store fails, files vanish

    @Test
    void goesOnWhereItStopped() throws IOException {
        MadeReplica replica = replica(65536);
        FaultyStore faulty = new FaultyStore(replica.store);
        RemoteRanges remote = replica.open(faulty);
        int[] gets = {0};
        faulty.fail(kind ->
                kind == CallKind.GET && ++gets[0] > 30 ? FaultyStore.Fault.UNAVAILABLE : null);

        assertThatThrownBy(() ->
                        restore(remote)
                                .run(RestoreRequest.of(LATEST, OUTPUT), RestoreListener.NONE))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(disk.exists(OUTPUT)).isFalse();
        faulty.recover();
        Restored restored = run(replica, LATEST);

        assertThat(disk.bytes(OUTPUT)).isEqualTo(replica.history.state(25));
        assertThat(restored.reusedBytes()).isPositive();
    }

    @Test
    void aStoreThatFailsNowAndThenDoesNoHarm() throws IOException {
        for (long seed = 0; seed < 10; seed++) {
            MadeReplica replica = replica(65536);
            FaultyStore faulty = new FaultyStore(replica.store);
            RemoteRanges remote = replica.open(new Retries().around(faulty, 20));
            faulty.failAtRandom(
                    seed, 0.1, FaultyStore.Fault.UNAVAILABLE, FaultyStore.Fault.TRUNCATED);

            restore(remote)
                    .run(RestoreRequest.of(LATEST, OUTPUT).withForce(true), RestoreListener.NONE);

            assertThat(disk.bytes(OUTPUT)).as("%d", seed).isEqualTo(replica.history.state(25));
        }
    }

    @Test
    void makesANewPlanIfAFileVanished() throws IOException {
        MadeReplica replica = replica(512);
        RemoteRanges remote = replica.open();
        replica.put(1, 21, 25);
        for (int txid = 15; txid <= 24; txid++) {
            replica.store.delete(replica.key(0, txid, txid));
        }
        List<RestorePlan> plans = new ArrayList<>();
        restore(remote)
                .run(
                        RestoreRequest.of(LATEST, OUTPUT),
                        new RestoreListener() {
                            @Override
                            public void planned(RestorePlan plan) {
                                plans.add(plan);
                            }
                        });

        assertThat(plans).hasSize(2);
        assertThat(disk.bytes(OUTPUT)).isEqualTo(replica.history.state(25));
    }

    @Test
    void namesWhatIsMissingIfAFileIsGoneForGood() throws IOException {
        MadeReplica replica = replica(512);
        RemoteRanges remote = replica.open();
        replica.store.delete(replica.key(1, 13, 20));
        for (int txid = 15; txid <= 20; txid++) {
            replica.store.delete(replica.key(0, txid, txid));
        }

        assertThatThrownBy(() ->
                        restore(remote)
                                .run(RestoreRequest.of(LATEST, OUTPUT), RestoreListener.NONE))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessageContaining("needs transactions 000000000000000d to 0000000000000014");
        assertThat(disk.exists(OUTPUT)).isFalse();
    }

    // ---- damage

    @Test
    void namesAnotherDatabaseChecksum() throws IOException {
        MadeReplica replica = replica(512);
        replica.put(0, 25, 25, replica.history.file(25), replica.history.checksumText(24));

        assertThatThrownBy(() -> run(replica, LATEST))
                .isInstanceOf(ReplicaDamagedException.class)
                .hasMessageContaining(replica.history.checksumText(25))
                .hasMessageContaining(replica.history.checksumText(24));
        assertThat(disk.files()).isEmpty();
    }

    @Test
    void withoutAChecksumItSaysThatNoneWasVerified() throws IOException {
        MadeReplica replica = replica(512);
        replica.put(0, 25, 25, replica.history.file(25), "");

        assertThat(run(replica, LATEST).checksumVerified()).isFalse();
    }

    @Test
    void namesAFileThatIsAnotherOne() throws IOException {
        MadeReplica replica = replica(512);
        replica.put(0, 25, 25, replica.history.file(24), "");

        assertThatThrownBy(() -> run(replica, LATEST))
                .isInstanceOf(ReplicaDamagedException.class)
                .hasMessageContaining(
                        "db/0000/0000000000000019-0000000000000019.ltx is another file");
        assertThat(disk.files()).isEmpty();
    }

    @Test
    void namesAFileOfOtherPages() throws IOException {
        MadeReplica replica = replica(512);
        byte[] other = new MadeHistory(1, 1024, 60).upTo(25).file(25);
        replica.put(0, 25, 25, other, "");

        assertThatThrownBy(() -> run(replica, LATEST))
                .isInstanceOf(ReplicaDamagedException.class)
                .hasMessageContaining("pages of 512 bytes, the newest file has 1024");
    }

    @Test
    void ignoresForeignObjectsAndNamesThem() throws IOException {
        MadeReplica replica = replica(512);
        replica.store.put(
                ObjectKey.of("db/0000/notes.txt"), ObjectBody.of(new byte[1]), PutOptions.NONE);

        assertThat(run(replica, LATEST).plan().foreign()).containsExactly("0000/notes.txt");
    }
}
