package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.sqlite.SqliteLocks;
import dev.siltstone.system.sqlite.SqlProcess.EndedException;
import dev.siltstone.system.sqlite.SqlProcess.State;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two SQLites in processes of their own say the same, and `/proc/locks` says what they hold.
final class SqlProcessTest {
    @TempDir Path directory;

    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        assumeThat(SqlProcess.hasShell())
                .as("the sqlite3 shell is missing (Debian, Ubuntu: apt-get install sqlite3)")
                .isTrue();
        database = directory.resolve("db");
        try (SqlProcess process = SqlProcess.open(SqlProcess.Kind.SHELL, database)) {
            process.run("PRAGMA journal_mode=WAL;");
            process.run(TransactionScript.schema());
        }
    }

    @Test
    void bothHashTheSame() throws Exception {
        try (SqlProcess shell = SqlProcess.open(SqlProcess.Kind.SHELL, database);
                SqlProcess jdbc = SqlProcess.open(SqlProcess.Kind.JDBC, database)) {
            shell.run(
                    "INSERT INTO item VALUES (1, 'a', -0.1, x'00ff'), (2, 'ü|', 9e300, NULL),"
                            + " (-9223372036854775808, '', 1.0, zeroblob(70000));",
                    "INSERT INTO pair VALUES ('x', 7), ('y', -2.5), ('z', 'text'), ('', NULL);",
                    "CREATE TABLE \"it's odd\"(k, v);",
                    "UPDATE progress SET n = 12;");
            State expected = shell.state();

            assertThat(jdbc.state()).isEqualTo(expected);
            assertThat(expected.counter()).isEqualTo(12);
            jdbc.run("INSERT INTO \"it's odd\" VALUES (1, 2);");
            assertThat(shell.state()).isEqualTo(jdbc.state()).isNotEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsAtItsFirstError(SqlProcess.Kind kind) throws Exception {
        try (SqlProcess process = SqlProcess.open(kind, database)) {
            assertThatThrownBy(() ->
                            process.run(
                                    "BEGIN IMMEDIATE;",
                                    "INSERT INTO nowhere VALUES (1);",
                                    "UPDATE progress SET n = 99;",
                                    "COMMIT;"))
                    .isInstanceOf(EndedException.class)
                    .hasMessageContaining("no such table: nowhere");
        }
        try (SqlProcess process = SqlProcess.open(kind, database)) {
            assertThat(process.run("SELECT n FROM progress;")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsBusyFromOtherErrors(SqlProcess.Kind kind) throws Exception {
        try (SqlProcess holder = SqlProcess.open(SqlProcess.Kind.SHELL, database);
                SqlProcess other = SqlProcess.open(kind, database)) {
            holder.run("BEGIN IMMEDIATE;");

            assertThatThrownBy(() -> other.run("PRAGMA busy_timeout=0;", "BEGIN IMMEDIATE;"))
                    .isInstanceOfSatisfying(
                            EndedException.class, e -> assertThat(e.isBusy()).isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void losesWhatItDidNotCommitWhenKilled(SqlProcess.Kind kind) throws Exception {
        try (SqlProcess process = SqlProcess.open(kind, database)) {
            process.run("UPDATE progress SET n = 1;", "BEGIN;", "UPDATE progress SET n = 2;");
            process.kill();
        }
        try (SqlProcess process = SqlProcess.open(kind, database)) {
            assertThat(process.run("SELECT n FROM progress;")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsItsLocks(SqlProcess.Kind kind) throws Exception {
        try (SqlProcess process = SqlProcess.open(kind, database)) {
            assertThat(SqliteLocks.of(process.pid(), database).isOpen()).isFalse();

            process.run("SELECT n FROM progress;");
            assertThat(SqliteLocks.of(process.pid(), database).isOpen()).isTrue();
            assertThat(SqliteLocks.of(process.pid(), database).readMarks()).isEmpty();

            process.run("BEGIN;", "SELECT n FROM progress;");
            SqliteLocks.assertHeldBy(process.pid(), database);
            assertThat(SqliteLocks.of(process.pid(), database).holdsWriteLock()).isFalse();

            process.run("UPDATE progress SET n = 3;");
            assertThat(SqliteLocks.of(process.pid(), database).holdsWriteLock()).isTrue();

            process.run("COMMIT;");
            long pid = process.pid();
            assertThatThrownBy(() -> SqliteLocks.assertHeldBy(pid, database))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("read mark");
        }
    }
}
