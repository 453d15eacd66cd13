package dev.siltstone.system.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.system.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `siltstone db` as processes: what each command prints, its exit codes, and that bad input changes nothing.
/// Connections of this test play the application.
final class DbCommandsTest {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final int NOT_FOUND = 3;
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

    private void refused(int exitCode, List<String> words, String... arguments) throws Exception {
        Map<String, Integer> before = tree();
        Program.Result result = run(arguments);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.err()).startsWith("siltstone: ").contains(words);
        assertThat(result.out()).isEmpty();
        assertThat(tree()).as("nothing changed").isEqualTo(before);
    }

    /// Returns a hash per file; not of what belongs to SQLite's locks, or to the cache.
    private Map<String, Integer> tree() throws IOException {
        Map<String, Integer> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                String name = directory.relativize(file).toString();
                if (!name.startsWith("cache") && !name.endsWith("-shm")) {
                    tree.put(
                            name,
                            Files.isDirectory(file)
                                    ? 0
                                    : Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return tree;
    }

    private Path ltx(String name) {
        return replica.resolve("ltx").resolve(name);
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
    void showsWhatAReplicaHas() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        Files.writeString(ltx("0/notes.txt"), "not ours");
        Program.Result list = run("ls", "replica");
        assertThat(list.exitCode()).isZero();
        assertThat(list.err()).contains("ltx/0/notes.txt");
        assertThat(list.text()).contains("ltx/9/0000000000000001-0000000000000001.ltx");
        assertThat(done("ls", "replica", "--json")).startsWith("[{").endsWith("}]\n");
        Program.Result status = run("status", "replica");
        assertThat(status.exitCode()).isZero();
        assertThat(status.err()).contains("notes.txt");
        assertThat(status.text()).contains("txid: 00000000").contains("level 9: 1 files");
        assertThat(done("status", "file://" + replica, "--json")).contains("\"levels\":[");
        assertThat(Files.readString(ltx("0/notes.txt"))).isEqualTo("not ours");
    }

    @Test
    void refusesWhatIsNoDatabaseInWalMode() throws Exception {
        byte[] noise = new byte[8192];
        new Random(5).nextBytes(noise);
        Files.write(directory.resolve("encrypted.db"), noise);
        Files.writeString(directory.resolve("text.db"), "these are words, and no database");
        Files.createFile(directory.resolve("empty.db"));
        Files.createDirectory(directory.resolve("folder"));
        execute(directory.resolve("rollback.db"), "CREATE TABLE t (n)");
        refused(FAILURE, List.of("encrypted.db", "not a SQLite"), once("encrypted.db"));
        refused(FAILURE, List.of("text.db", "not a SQLite"), once("text.db"));
        refused(FAILURE, List.of("empty.db", "is empty"), once("empty.db"));
        refused(FAILURE, List.of("folder", "is a directory"), once("folder"));
        refused(FAILURE, List.of("rollback.db", "journal_mode=WAL"), once("rollback.db"));
        refused(NOT_FOUND, List.of("none.db", "no replica"), once("none.db"));
        refused(FAILURE, List.of("rollback.db", "WAL"), "verify", "rollback.db", "replica");
    }

    private static String[] once(String file) {
        return new String[] {"replicate", file, "replica", "--once"};
    }

    @Test
    void refusesWrongCommandLines() throws Exception {
        refused(USAGE, List.of("ftp://", "s3://bucket/path"), "replicate", "app.db", "ftp://x/y");
        refused(USAGE, List.of("gs://"), "restore", "gs://bucket/x", "-o", "new.db");
        refused(USAGE, List.of("missing"), "replicate", "app.db", "one", "other.db");
        refused(USAGE, List.of("twice"), "replicate", "app.db", "one", "./app.db", "two");
        refused(USAGE, List.of("same URL"), "replicate", "app.db", "one", "b.db", "one");
        refused(USAGE, List.of("xyz"), "restore", "replica", "-o", "new.db", "--txid", "xyz");
        refused(USAGE, List.of("today"), "restore", "replica", "-o", "new.db", "--time", "today");
        refused(USAGE, List.of("--level"), "ls", "replica", "--level", "10");
    }

    @Test
    void refusesStatesThatAreNotThere() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        refused(
                NOT_FOUND,
                List.of("no transaction 0000000000000fff yet"),
                "restore",
                "replica",
                "-o",
                "new.db",
                "--txid",
                "fff");
        refused(
                NOT_FOUND,
                List.of("no state of before 2001-01-01T00:00:00Z"),
                "restore",
                "replica",
                "-o",
                "new.db",
                "--time",
                "2001-01-01T01:00:00+01:00");
        refused(NOT_FOUND, List.of("nowhere"), "restore", "nowhere", "-o", "new.db");
        refused(NOT_FOUND, List.of("nowhere"), "status", "nowhere");
        Files.createDirectory(directory.resolve("folder"));
        refused(NOT_FOUND, List.of("folder", "no replica"), "ls", "folder");
        refused(CONFLICT, List.of("app.db is there"), "restore", "replica", "-o", "app.db");
    }

    @Test
    void namesDamagedAndMissingFiles() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        insert(2);
        done("replicate", "app.db", "replica", "--once");
        Path snapshot = ltx("9/0000000000000001-0000000000000001.ltx");
        byte[] whole = Files.readAllBytes(snapshot);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 4;
        Files.write(snapshot, flipped);
        refused(
                DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "replica",
                "-o",
                "n");
        Files.write(snapshot, Arrays.copyOf(whole, whole.length / 2));
        refused(
                DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "replica",
                "-o",
                "n");
        Files.delete(snapshot);
        refused(NOT_FOUND, List.of("replica"), "restore", "replica", "-o", "n");
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

    @Test
    void unpacksTheLibraryOnce() throws Exception {
        done("replicate", "app.db", "replica", "--once");
        done("replicate", "app.db", "replica", "--once");
        try (Stream<Path> files = Files.list(directory.resolve("cache/siltstone"))) {
            assertThat(files).hasSize(1);
        }
    }
}
