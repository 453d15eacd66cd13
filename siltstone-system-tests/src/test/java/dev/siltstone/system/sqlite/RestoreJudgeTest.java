package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The judge must reject what no database ever was.
final class RestoreJudgeTest {
    @TempDir Path directory;

    private Path file;
    private History history;
    private RestoreJudge judge;

    @BeforeEach
    void startsWithTwoTransactions() throws Exception {
        file = directory.resolve("restored.db");
        history = History.create(directory.resolve("history"));
        judge = new RestoreJudge(history);
        change(TransactionScript.schema());
        note();
        change("INSERT INTO item VALUES (1, 'a', 1.5, x'00ff'), (2, 'b', NULL, zeroblob(9000))");
        change("UPDATE progress SET n = 1");
        note();
    }

    @AfterEach
    void closesTheHistory() throws IOException {
        history.close();
    }

    private void change(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void note() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            long counter =
                    connection.createStatement().executeQuery("SELECT n FROM progress").getLong(1);
            history.add(counter, ContentHash.of(connection));
        }
    }

    @Test
    void acceptsWhatWasCommitted() {
        assertThat(judge.judge(file, 1)).isEqualTo(1);
    }

    @Test
    void takesNoNoticeOfTablesOfReplicators() throws Exception {
        change(
                "CREATE TABLE _litestream_seq(id INTEGER PRIMARY KEY, seq INTEGER)",
                "INSERT INTO _litestream_seq VALUES (1, 77)",
                "CREATE TABLE _siltstone_any(x)");

        assertThat(judge.judge(file)).isEqualTo(1);
    }

    @Test
    void rejectsAChangedValue() throws Exception {
        change("UPDATE item SET body = x'00fe' WHERE id = 1");

        assertRejected("the database was never like that");
    }

    @Test
    void rejectsAMissingRow() throws Exception {
        change("DELETE FROM item WHERE id = 2");

        assertRejected("the database was never like that");
    }

    @Test
    void rejectsAMissingIndex() throws Exception {
        change("DROP INDEX item_by_name");

        assertRejected("the database was never like that");
    }

    @Test
    void rejectsHalfATransaction() throws Exception {
        change("UPDATE progress SET n = 2");

        assertRejected("a counter never tried: 2");
    }

    @Test
    void rejectsWhatWasRolledBack() throws Exception {
        change("INSERT INTO pair VALUES ('k', 1)", "UPDATE progress SET n = 2");
        note();
        history.add(2, "what another writer committed instead");

        assertRejected("rolled back or never committed");
    }

    @Test
    void rejectsWhatIsOlderThanItClaims() throws Exception {
        history.add(2, "something newer");

        assertThatThrownBy(() -> judge.judge(file, 2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("holds counter 1, expected at least 2");
    }

    @Test
    void rejectsADamagedPage() throws Exception {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(2 * 4096L + 3); // the number of cells of a page in the middle
            raw.write(new byte[] {1, 1, 1});
        }

        assertThatThrownBy(() -> judge.judge(file)).isInstanceOf(AssertionError.class);
    }

    @Test
    void rejectsAFileThatIsNoDatabase() throws Exception {
        Files.writeString(file, "not a database ".repeat(1000));

        assertRejected("cannot be read");
    }

    @Test
    void rejectsAMissingFile() throws Exception {
        Files.delete(file);

        assertRejected("is missing");
    }

    private void assertRejected(String why) {
        assertThatThrownBy(() -> judge.judge(file))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(why);
    }
}
