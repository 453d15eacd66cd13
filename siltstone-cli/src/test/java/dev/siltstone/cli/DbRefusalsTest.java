package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `siltstone db` says of replicas, and that bad input is named and changes nothing.
final class DbRefusalsTest {
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

    /// Runs `siltstone db`; arguments that begin with `@` are files of this test.
    private CommandRun run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("db"));
        for (String each : arguments) {
            all.add(each.startsWith("@") ? directory.resolve(each.substring(1)).toString() : each);
        }
        return new CommandRun(all.toArray(String[]::new));
    }

    private String done(String... arguments) {
        CommandRun run = run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private void refused(int exitCode, List<String> words, String... arguments) throws IOException {
        Map<String, Integer> before = tree();
        CommandRun run = run(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).startsWith("siltstone: ").contains(words);
        assertThat(run.out()).isEmpty();
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
    void showsWhatAReplicaHas() throws Exception {
        done("replicate", "@app.db", "@replica", "--once");
        Files.writeString(ltx("0/notes.txt"), "not ours");
        CommandRun list = run("ls", "@replica");
        assertThat(list.exitCode()).isZero();
        assertThat(list.err()).contains("ltx/0/notes.txt");
        assertThat(list.out()).contains("ltx/9/0000000000000001-0000000000000001.ltx");
        assertThat(done("ls", "@replica", "--json")).startsWith("[{").endsWith("}]\n");
        CommandRun status = run("status", "@replica");
        assertThat(status.exitCode()).isZero();
        assertThat(status.err()).contains("notes.txt");
        assertThat(status.out()).contains("txid: 00000000").contains("level 9: 1 files");
        assertThat(done("status", "file://" + replica, "--json")).contains("\"levels\":[");
        assertThat(Files.readString(ltx("0/notes.txt"))).isEqualTo("not ours");
    }

    @Test
    void refusesToGoOnWhereAnotherMachineHasGoneOnUnlessToldTo() throws Exception {
        done("replicate", "@app.db", "@replica", "--once");
        done("restore", "@replica", "-o", "@other.db");
        execute(directory.resolve("other.db"), "INSERT INTO t VALUES (7, 'of the other')");
        done("replicate", "@other.db", "@replica", "--once");
        insert(2);
        refused(
                ExitCode.CONFLICT,
                List.of("another machine", "--take-over"),
                "replicate",
                "@app.db",
                "@replica",
                "--once");
        CommandRun told = run("replicate", "@app.db", "@replica", "--once", "--take-over");
        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.err()).contains("this database, as it is, becomes the transaction behind");
        done("restore", "@replica", "-o", "@now.db");
        assertThat(numbers("now.db")).containsExactly(1, 2);
        done("restore", "@replica", "-o", "@then.db", "--txid", "3");
        assertThat(numbers("then.db")).containsExactly(1, 7);
    }

    private List<Integer> numbers(String file) throws SQLException {
        List<Integer> numbers = new ArrayList<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(file));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT n FROM t ORDER BY n")) {
            while (rows.next()) {
                numbers.add(rows.getInt(1));
            }
        }
        return numbers;
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
        refused(ExitCode.FAILURE, List.of("encrypted.db", "not a SQLite"), once("encrypted.db"));
        refused(ExitCode.FAILURE, List.of("text.db", "not a SQLite"), once("text.db"));
        refused(ExitCode.FAILURE, List.of("empty.db", "is empty"), once("empty.db"));
        refused(ExitCode.FAILURE, List.of("folder", "is a directory"), once("folder"));
        refused(ExitCode.FAILURE, List.of("rollback.db", "journal_mode=WAL"), once("rollback.db"));
        refused(ExitCode.NOT_FOUND, List.of("none.db", "no replica"), once("none.db"));
        refused(
                ExitCode.FAILURE,
                List.of("rollback.db", "WAL"),
                "verify",
                "@rollback.db",
                "@replica");
    }

    private static String[] once(String file) {
        return new String[] {"replicate", "@" + file, "@replica", "--once"};
    }

    @Test
    void refusesWrongCommandLines() throws Exception {
        refused(
                ExitCode.USAGE,
                List.of("ftp://", "s3://bucket/path"),
                "replicate",
                "@app.db",
                "ftp://x/y");
        refused(ExitCode.USAGE, List.of("gs://"), "restore", "gs://bucket/x", "-o", "@new.db");
        refused(ExitCode.USAGE, List.of("missing"), "replicate", "@app.db", "@one", "@other.db");
        refused(
                ExitCode.USAGE,
                List.of("twice"),
                "replicate",
                "@app.db",
                "@one",
                "@./app.db",
                "@two");
        refused(
                ExitCode.USAGE,
                List.of("same URL"),
                "replicate",
                "@app.db",
                "@one",
                "@b.db",
                "@one");
        refused(
                ExitCode.USAGE,
                List.of("xyz"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--txid",
                "xyz");
        refused(
                ExitCode.USAGE,
                List.of("today"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--time",
                "today");
        refused(ExitCode.USAGE, List.of("--level"), "ls", "@replica", "--level", "10");
    }

    @Test
    void refusesStatesThatAreNotThere() throws Exception {
        done("replicate", "@app.db", "@replica", "--once");
        refused(
                ExitCode.NOT_FOUND,
                List.of("no transaction 0000000000000fff yet"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--txid",
                "fff");
        refused(
                ExitCode.NOT_FOUND,
                List.of("no state of before 2001-01-01T00:00:00Z"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--time",
                "2001-01-01T01:00:00+01:00");
        refused(ExitCode.NOT_FOUND, List.of("nowhere"), "restore", "@nowhere", "-o", "@new.db");
        refused(ExitCode.NOT_FOUND, List.of("nowhere"), "status", "@nowhere");
        Files.createDirectory(directory.resolve("folder"));
        refused(ExitCode.NOT_FOUND, List.of("folder", "no replica"), "ls", "@folder");
        refused(
                ExitCode.CONFLICT,
                List.of("app.db is there"),
                "restore",
                "@replica",
                "-o",
                "@app.db");
    }

    @Test
    void namesDamagedAndMissingFiles() throws Exception {
        done("replicate", "@app.db", "@replica", "--once");
        insert(2);
        done("replicate", "@app.db", "@replica", "--once");
        Path snapshot = ltx("9/0000000000000001-0000000000000001.ltx");
        byte[] whole = Files.readAllBytes(snapshot);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 4;
        Files.write(snapshot, flipped);
        refused(
                ExitCode.DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "@replica",
                "-o",
                "@n");
        Files.write(snapshot, Arrays.copyOf(whole, whole.length / 2));
        refused(
                ExitCode.DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "@replica",
                "-o",
                "@n");
        Files.delete(snapshot);
        refused(ExitCode.NOT_FOUND, List.of("replica"), "restore", "@replica", "-o", "@n");
    }
}
