package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.ChecksumFile;
import dev.siltstone.sqlite.ltx.DatabaseChecksum;
import dev.siltstone.sqlite.ltx.IndexSpill;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageCoverage;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// With files of the machine, and SQLite.
class RestoreOnDiskTest {
    private final RealDisk disk = new RealDisk();
    private final MemoryStore store = new MemoryStore(new ManualClock());

    @TempDir private Path directory;

    private RemoteRanges remote() throws IOException {
        return RemoteRanges.open(store, "db/", LitestreamNames.S3, LitestreamNames.settings());
    }

    private void put(LtxHeader header, byte[] file, String checksum) throws IOException {
        remote().put(
                        new RangeId(9, 1, header.max().value()),
                        ObjectBody.of(file),
                        MadeHistory.START,
                        Map.of(LitestreamNames.CHECKSUM_METADATA, checksum));
    }

    /// Puts a snapshot of a database file.
    private void snapshot(byte[] database, int pageSize) throws IOException {
        LtxHeader header =
                LtxHeader.of(
                        pageSize, database.length / pageSize, Txid.FIRST, new Txid(7), 1_000_000);
        DatabaseChecksum sum = new DatabaseChecksum(pageSize);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (LtxWriter writer = writer(header, file)) {
            for (int pgno = 1; pgno <= header.commit(); pgno++) {
                ByteBuffer page =
                        ByteBuffer.wrap(database, (pgno - 1) * pageSize, pageSize).slice();
                sum.toggle(pgno, writer.page(pgno, page));
            }
            writer.finish();
        }
        put(header, file.toByteArray(), sum.toString());
    }

    private LtxWriter writer(LtxHeader header, ByteArrayOutputStream file) {
        IndexSpill spill = new IndexSpill(disk, directory.resolve("spill"));
        return new LtxWriter("made", LtxSink.of(file), header, PageCoverage.UNKNOWN, spill);
    }

    private byte[] database() throws Exception {
        Path path = directory.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = wal");
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
            statement.execute("CREATE INDEX i ON t(v)");
            statement.execute(
                    "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                            + " INSERT INTO t SELECT i, zeroblob(i) FROM n");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        return Files.readAllBytes(path);
    }

    private Restored restore(Path output, IntegrityCheck check) throws IOException {
        return new Restore(remote(), disk, RestoreSettings.DEFAULT, RestoredPosition.NONE)
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), output)
                                .withIntegrityCheck(check),
                        RestoreListener.NONE);
    }

    @Test
    void theRestoredDatabaseIsSoundAndItsChecksumsAreKept() throws Exception {
        byte[] database = database();
        snapshot(database, 4096);
        Path output = directory.resolve("strange name?#%.db");

        Restored restored = restore(output, IntegrityCheck.FULL);

        assertThat(Files.readAllBytes(output)).isEqualTo(database);
        Path checksums =
                directory.resolve(".strange name?#%.db-litestream").resolve("siltstone/checksums");
        try (ChecksumFile file = ChecksumFile.open(disk, checksums, 4096)) {
            assertThat(file.mustBeRebuilt()).isFalse();
            assertThat(file.txid()).isEqualTo(new Txid(7));
            assertThat(file.checksum()).isEqualTo(restored.checksum());
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "source.db",
                            output.getFileName().toString(),
                            ".strange name?#%.db-litestream");
        }
    }

    @Test
    void aDatabaseThatWasUnsoundWhenItWasReplicatedIsNamedByTheIntegrityCheck() throws Exception {
        byte[] database = database();
        Arrays.fill(database, 4096, 4200, (byte) 0x55);
        snapshot(database, 4096);
        Path output = directory.resolve("app.db");

        assertThatThrownBy(() -> restore(output, IntegrityCheck.QUICK))
                .isInstanceOf(ReplicaDamagedException.class)
                .hasMessageContaining("quick_check of the restored database");
        assertThat(output).doesNotExist();
        assertThat(restore(output, IntegrityCheck.NONE).checksumVerified()).isTrue();
    }

    /// A database of 1 GiB and a little: SQLite's lock page is in no file, and zeros when restored.
    @Test
    @EnabledIfSystemProperty(named = "siltstone.long", matches = "true")
    void theLockPageIsZeros() throws Exception {
        int pageSize = 65536;
        LtxHeader header = LtxHeader.of(pageSize, 16390, Txid.FIRST, new Txid(3), 1_000_000);
        DatabaseChecksum sum = new DatabaseChecksum(pageSize);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (LtxWriter writer = writer(header, file)) {
            ByteBuffer page = ByteBuffer.allocateDirect(pageSize);
            for (long pgno = 1; pgno <= header.commit(); pgno++) {
                if (pgno != header.lockPage()) {
                    page.putLong(0, pgno);
                    sum.toggle(pgno, writer.page(pgno, page.clear()));
                }
            }
            writer.finish();
        }
        put(header, file.toByteArray(), sum.toString());
        Path output = directory.resolve("large.db");

        assertThat(restore(output, IntegrityCheck.NONE).checksumVerified()).isTrue();
        assertThat(Files.size(output)).isEqualTo(16390L * pageSize);
        try (FileChannel channel = FileChannel.open(output)) {
            for (long pgno = 16380; pgno <= 16390; pgno++) {
                ByteBuffer number = ByteBuffer.allocate(8);
                channel.read(number, (pgno - 1) * pageSize);
                long expected = pgno == header.lockPage() ? 0 : pgno;
                assertThat(number.getLong(0)).isEqualTo(expected);
            }
        }
    }
}
