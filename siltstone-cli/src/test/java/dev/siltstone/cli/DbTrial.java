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
import java.util.TreeMap;
import java.util.stream.Stream;

/// A directory with `app.db`, a database in WAL mode with one row, and `siltstone db` run in it within the test.
final class DbTrial {
    private final Path directory;

    /// @param directory an empty one
    DbTrial(Path directory) throws SQLException {
        this.directory = directory;
        execute(database(), "PRAGMA journal_mode=WAL", "CREATE TABLE t (n INTEGER PRIMARY KEY, b)");
        insert(1);
    }

    Path database() {
        return directory.resolve("app.db");
    }

    /// Where replicas that are directories are put.
    Path replica() {
        return directory.resolve("replica");
    }

    /// Returns the place of a file of that replica.
    Path ltx(String name) {
        return replica().resolve("ltx").resolve(name);
    }

    static void execute(Path file, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    void insert(int n) throws SQLException {
        execute(database(), "INSERT INTO t VALUES (" + n + ", randomblob(6000))");
    }

    /// Returns the numbers in a database, after its integrity check.
    static String numbers(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            try (ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
                assertThat(check.getString(1)).isEqualTo("ok");
            }
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT group_concat(n) FROM (SELECT n FROM t ORDER BY n)")) {
                return String.valueOf(row.getString(1));
            }
        }
    }

    /// Runs `siltstone db`; arguments that begin with `@` are files of the directory.
    CommandRun run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("db"));
        for (String each : arguments) {
            all.add(each.startsWith("@") ? directory.resolve(each.substring(1)).toString() : each);
        }
        return new CommandRun(all.toArray(String[]::new));
    }

    /// Runs it, and requires exit code 0.
    ///
    /// @return what it printed
    String done(String... arguments) {
        CommandRun run = run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    /// Runs it, and requires that it refuses, says why, and changes nothing.
    ///
    /// @param words that the message must have
    void refused(int exitCode, List<String> words, String... arguments) throws IOException {
        Map<String, Integer> before = tree();
        CommandRun run = run(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).startsWith("siltstone: ").contains(words);
        assertThat(run.out()).isEmpty();
        assertThat(tree()).as("nothing changed").isEqualTo(before);
    }

    /// Returns a hash per file; not of what belongs to SQLite's locks, or to the cache.
    Map<String, Integer> tree() throws IOException {
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
}
