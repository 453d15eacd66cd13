package dev.siltstone.system.sqlite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Says whether a restored file is a state that the database was in between two transactions.
///
/// Reads the file as it is, without its `-wal` and without leaving any behind. Thread-safe.
final class RestoreJudge {
    private final History history;

    RestoreJudge(History history) {
        this.history = history;
    }

    /// Judges a restored file, whatever its age.
    ///
    /// @return the counter it holds
    /// @throws AssertionError if it is no state the database was in; says what is wrong
    long judge(Path restored) {
        return judge(restored, 0);
    }

    /// Judges a restored file that claims to be as new as the counter `atLeast`.
    ///
    /// @return the counter it holds
    /// @throws AssertionError if it is older, or no state the database was in; says what is wrong
    long judge(Path restored, long atLeast) {
        if (!Files.isRegularFile(restored)) {
            throw new AssertionError(restored + " is missing");
        }
        String url = "jdbc:sqlite:file:" + restored.toAbsolutePath() + "?immutable=1";
        try (Connection connection = DriverManager.getConnection(url)) {
            return judge(restored, connection, atLeast);
        } catch (SQLException e) {
            throw new AssertionError(restored + " cannot be read: " + e.getMessage(), e);
        }
    }

    private long judge(Path restored, Connection connection, long atLeast) throws SQLException {
        String integrity = ask(connection, "PRAGMA integrity_check");
        if (!integrity.equals("ok")) {
            throw new AssertionError(restored + " fails its integrity check: " + integrity);
        }
        if (!ask(connection, "SELECT count(*) FROM progress").equals("1")) {
            throw new AssertionError(restored + " has more or less than one counter");
        }
        long counter = Long.parseLong(ask(connection, "SELECT n FROM progress"));
        String hash = ContentHash.of(connection);
        String expected =
                history.hashAt(counter)
                        .orElseThrow(() ->
                                new AssertionError(
                                        restored + " has a counter never tried: " + counter));
        if (!hash.equals(expected)) {
            throw new AssertionError(
                    "%s at counter %d holds %s, expected %s; %s"
                            .formatted(restored, counter, hash, expected, origin(counter, hash)));
        }
        if (counter < atLeast) {
            throw new AssertionError(
                    "%s holds counter %d, expected at least %d"
                            .formatted(restored, counter, atLeast));
        }
        return counter;
    }

    private String origin(long counter, String hash) {
        return history.wasGivenUp(counter, hash)
                ? "that is a transaction which was rolled back or never committed"
                : "the database was never like that";
    }

    private static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getString(1);
        }
    }
}
