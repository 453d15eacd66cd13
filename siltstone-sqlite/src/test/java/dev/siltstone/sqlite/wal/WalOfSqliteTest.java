package dev.siltstone.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import dev.siltstone.sqlite.BytesFile;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logs written by SQLite itself, in this process and by the `sqlite3` shell.
class WalOfSqliteTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void readsTheDatabaseOutOfItsLog(int pageSize) throws Exception {
        Wals.Written written = Wals.write(directory.resolve("db"), pageSize, 12);

        Wals.Pages pages = readAll(written.wal(), written.committed());

        assertThat(pages.frames).isEqualTo(written.committed());
        assertIsDatabase(pages, written.database(), pageSize);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void readsChecksumsOverWordsOfEitherOrder(int pageSize) throws Exception {
        Wals.Written written = Wals.write(directory.resolve("db"), pageSize, 5);
        byte[] big = Wals.inOrder(ByteOrder.BIG_ENDIAN, written.wal());
        assertThat(big).isNotEqualTo(written.wal());
        assertThat(Wals.inOrder(ByteOrder.LITTLE_ENDIAN, big)).isEqualTo(written.wal());

        assertIsDatabase(readAll(big, written.committed()), written.database(), pageSize);
    }

    @Test
    void sqliteTakesALogOfTheOtherOrderForItsOwn() throws Exception {
        Path original = directory.resolve("db");
        Wals.Written written = Wals.write(original, 1024, 5);
        Path other = directory.resolve("other");
        Files.write(other, Arrays.copyOf(written.database(), 1024));
        Files.write(Wals.walOf(other), Wals.inOrder(ByteOrder.BIG_ENDIAN, written.wal()));

        assertThat(count(other)).isEqualTo(count(original));
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        Path database = directory.resolve("db");
        try (Connection connection = Wals.connect(database);
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA journal_mode=WAL");
            sql.execute("PRAGMA wal_autocheckpoint=0");
            sql.execute("CREATE TABLE t(v)");
            sql.execute("INSERT INTO t VALUES(randomblob(30000))");
            long before = Wals.committed(connection);
            try (DiskFile file = new RealDisk().openForReading(Wals.walOf(database))) {
                WalReader reader = new WalReader(file, WalReader.newBuffer());
                WalHeader first = header(reader);
                Wals.Pages pages = new Wals.Pages();
                WalPosition end = reader.read(first.start(), before, pages).position();

                Wals.checkpoint(connection, "RESTART");
                sql.execute("INSERT INTO t VALUES(1)");
                WalHeader second = header(reader);
                assertThat(second.isSameGeneration(first)).isFalse();
                assertThat(second.salt1()).isEqualTo(first.salt1() + 1);
                assertThat(reader.read(first.start(), before, pages))
                        .isInstanceOf(WalRead.Restarted.class);
                long after = Wals.committed(connection);
                assertThat(reader.read(second.start(), after, pages))
                        .isInstanceOf(WalRead.Reached.class);
                assertThat(reader.scan(second.start()).tail()).isEqualTo(new WalScan.Stale());
                assertThat(end.isAfter(reader.frame(first, before).orElseThrow())).isTrue();

                Wals.checkpoint(connection, "TRUNCATE");
                assertThat(reader.header()).isEqualTo(new WalHeaderFound.Absent(0));
            }
        }
    }

    @Test
    void readsWhatTheShellWrote() throws Exception {
        Path copy = directory.resolve("copy-wal");
        Path database = directory.resolve("db");
        shell(
                database,
                """
                PRAGMA page_size=2048;
                PRAGMA journal_mode=WAL;
                PRAGMA wal_autocheckpoint=0;
                CREATE TABLE t(v);
                INSERT INTO t SELECT randomblob(700) FROM generate_series(1, 300);
                BEGIN; DELETE FROM t WHERE rowid % 3 = 0; ROLLBACK;
                DELETE FROM t WHERE rowid > 250;
                VACUUM;
                .shell cp db-wal copy-wal
                """);
        assumeThat(Files.exists(copy)).as("there is a sqlite3 shell").isTrue();
        byte[] wal = Files.readAllBytes(copy);

        WalReader reader = new WalReader(new BytesFile(wal), WalReader.newBuffer());
        WalScan scan = reader.scan(header(reader).start());
        assertThat(scan.tail()).isInstanceOfAny(WalScan.End.class, WalScan.Stale.class);
        Wals.Pages pages = readAll(wal, scan.lastCommit().frame());

        assertThat(pages.size).isEqualTo(scan.commitPages());
        assertIsDatabase(pages, Files.readAllBytes(database), 2048);
    }

    private static Wals.Pages readAll(byte[] wal, long toFrame) throws IOException {
        WalReader reader = new WalReader(new BytesFile(wal), WalReader.newBuffer());
        Wals.Pages pages = new Wals.Pages();
        WalRead read = reader.read(header(reader).start(), toFrame, pages);
        assertThat(read).isEqualTo(new WalRead.Reached(read.position(), pages.size));
        return pages;
    }

    private static WalHeader header(WalReader reader) throws IOException {
        return ((WalHeaderFound.Valid) reader.header()).header();
    }

    private static void assertIsDatabase(Wals.Pages pages, byte[] database, int pageSize) {
        assertThat(pages.size * pageSize).isEqualTo(database.length);
        pages.pages
                .headMap(pages.size, true)
                .forEach((pgno, page) -> {
                    int at = (int) (pgno - 1) * pageSize;
                    assertThat(page)
                            .as("page %d", pgno)
                            .isEqualTo(Arrays.copyOfRange(database, at, at + pageSize));
                });
    }

    private static long count(Path database) throws Exception {
        try (Connection connection = Wals.connect(database);
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT sum(length(v) + n) FROM t")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void shell(Path database, String script) throws Exception {
        Process process;
        try {
            process =
                    new ProcessBuilder("sqlite3", "-batch", database.toString())
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("shell.log").toFile())
                            .start();
        } catch (IOException e) {
            return;
        }
        try (var in = process.outputWriter()) {
            in.write(script);
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("shell.log")))
                .isZero();
    }
}
