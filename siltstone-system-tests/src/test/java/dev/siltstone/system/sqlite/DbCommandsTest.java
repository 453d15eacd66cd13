package dev.siltstone.system.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.siltstone.system.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `siltstone db` as processes: replicators that run and end, and what becomes of their replicas. Connections of
/// this test play the application.
final class DbCommandsTest {
    private static final int CONFLICT = 4;
    private static final int DAMAGED = 6;
    private static final int LOCKED = 7;

    @TempDir Path directory;

    private Path database;
    private Path replica;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = directory.resolve("app.db");
        replica = directory.resolve("replica");
        execute(database, "PRAGMA journal_mode=WAL", "CREATE TABLE t (n INTEGER PRIMARY KEY, b)");
        insert(1);
    }

    private static void execute(Path file, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private void insert(int n) throws SQLException {
        execute(database, "INSERT INTO t VALUES (" + n + ", randomblob(6000))");
    }

    private static int count(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
            return row.getInt(1);
        }
    }

    private ProcessBuilder db(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("db"));
        all.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(Program.command(all.toArray(String[]::new)));
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        return builder.directory(directory.toFile());
    }

    private Program.Result run(String... arguments) throws Exception {
        return Program.run(db(arguments), new byte[0]);
    }

    private String done(String... arguments) throws Exception {
        Program.Result result = run(arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.text();
    }

    @Test
    void replicatesOnceAndRestores() throws Exception {
        assertThat(done("replicate", "app.db", "replica", "--once")).contains("app.db");
        insert(2);
        assertThat(done("replicate", "app.db", "replica", "--once", "--json"))
                .startsWith("[{")
                .contains("\"txid\"");
        assertThat(done("restore", "replica", "-o", "new.db", "--integrity-check", "full"))
                .contains("new.db");
        assertThat(count(directory.resolve("new.db"))).isEqualTo(2);
        assertThat(done("verify", "app.db", "replica")).contains("is the same");
        assertThat(done("restore", "replica", "-o", "first.db", "--txid", "1", "--json"))
                .contains("\"txid\":\"0000000000000001\"");
        assertThat(count(directory.resolve("first.db"))).isEqualTo(1);
        assertThat(done("restore", "replica", "-o", "first.db", "--force")).contains("first.db");
        assertThat(count(directory.resolve("first.db"))).isEqualTo(2);
    }

    @Test
    void goesOnFromRestoredDatabaseWithoutAnotherImage() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        done("restore", "replica", "-o", "moved/../moved.db");
        execute(directory.resolve("moved.db"), "INSERT INTO t VALUES (7, 'seven')");
        done("replicate", "moved.db", "replica", "--once");
        assertThat(done("ls", "replica", "--level", "9").lines()).hasSize(1);
        done("restore", "replica", "-o", "new.db");
        assertThat(count(directory.resolve("new.db"))).isEqualTo(2);
    }

    @Test
    void restoresMissingDatabaseBeforeItReplicates() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        Program.Result result = run("replicate", "again.db", "replica", "--once");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).contains("again.db does not exist; restoring it");
        assertThat(count(directory.resolve("again.db"))).isEqualTo(1);
    }

    @Test
    void replicatesUntilItIsAskedToEnd() throws Exception {
        Process process =
                db("replicate", "app.db", "file://" + replica, "--interval", "50ms").start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            assertThat(out.readLine()).contains("replicating").contains("app.db");
            Program.Result second = run("replicate", "app.db", "other");
            assertThat(second.exitCode()).as(second.err()).isEqualTo(LOCKED);
            assertThat(second.err()).contains("app.db", "another process");
            for (int n = 2; n <= 20; n++) {
                insert(n);
            }
            assertThat(done("verify", "app.db", "replica", "--json")).contains("\"same\":true");
            assertThat(done("status", "app.db", "--json"))
                    .contains("\"replicating\":true")
                    .contains("\"backlogBytes\":");
            insert(21);
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(done("status", "app.db", "--json"))
                .contains("\"replicating\":false", "\"lagTransactions\":0", "\"backlogBytes\":0");
        done("restore", "replica", "-o", "new.db");
        assertThat(count(directory.resolve("new.db"))).isEqualTo(21);
    }

    @Test
    void waitsForDatabaseThatIsNotThereYet() throws Exception {
        Process process =
                db("replicate", "later.db", "replica", "--interval", "50ms")
                        .redirectError(directory.resolve("cache-err").toFile())
                        .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            execute(
                    directory.resolve("later.db"),
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE t (n INTEGER PRIMARY KEY, b)");
            assertThat(out.readLine()).contains("later.db");
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        done("restore", "replica", "-o", "new.db");
        assertThat(count(directory.resolve("new.db"))).isZero();
    }

    @Test
    void stopsWhenAnotherWriterHasTheReplica() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        Path other = Files.createDirectory(directory.resolve("machine")).resolve("app.db");
        done("restore", "replica", "-o", other.toString());
        Path err = directory.resolve("err");
        Process process =
                db("replicate", "app.db", "replica", "--interval", "50ms")
                        .redirectError(err.toFile())
                        .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            assertThat(out.readLine()).contains("app.db");
            execute(other, "INSERT INTO t VALUES (100, 'theirs')");
            done("replicate", other.toString(), "replica", "--once");
            insert(2);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(CONFLICT);
            assertThat(Files.readString(err)).contains("app.db").contains("replica");
        } finally {
            process.destroyForcibly();
        }
        done("restore", "replica", "-o", "new.db");
        execute(directory.resolve("new.db"), "DELETE FROM t WHERE n = 100");
        assertThat(count(directory.resolve("new.db"))).isEqualTo(1);
    }

    @Test
    void findsReplicaThatIsOfAnotherDatabase() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        Path other = directory.resolve("other.db");
        execute(other, "PRAGMA journal_mode=WAL", "CREATE TABLE t (n INTEGER PRIMARY KEY, c)");
        Program.Result result = run("verify", "other.db", "replica", "--wait", "1ms");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(DAMAGED);
        assertThat(result.err()).contains("pages differ").contains("other.db");
        assertThat(Files.exists(directory.resolve("other.db.siltstone-verify"))).isFalse();
    }

    /// Root may write everything, so the command is run as somebody who may not.
    @Test
    void refusesADatabaseThatTheUserMayNotWrite() throws Exception {
        Path file = directory.resolve("app.db");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        Program.Result result = asNobody("replicate", "app.db", "replica", "--once");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("app.db cannot be written by this user");
        assertThat(replica).doesNotExist();
        assertThat(directory.resolve(".app.db-litestream")).doesNotExist();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        result = asNobody("replicate", "app.db", "replica", "--once");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("the directory " + directory.toRealPath());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result asNobody(String... arguments) throws Exception {
        ProcessBuilder db = db(arguments);
        if (System.getProperty("user.name").equals("root")) {
            List<String> nobody =
                    List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
            List<String> tried = new ArrayList<>(nobody);
            tried.addAll(
                    List.of(
                            "test",
                            "-r",
                            Objects.requireNonNull(System.getProperty("siltstone.jar"))));
            assumeTrue(
                    endsWell(tried), "no setpriv here, or nobody may not read the program's files");
            db.command().addAll(0, nobody);
        }
        return Program.run(db, new byte[0]);
    }

    private static boolean endsWell(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void unpacksTheLibraryOnce() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        done("replicate", "app.db", "replica", "--once");
        try (Stream<Path> files = Files.list(directory.resolve("cache/siltstone"))) {
            assertThat(files).hasSize(1);
        }
    }
}
