package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What SQLite is asked about a restored database. Checksums tell that it is what was replicated; this tells
/// whether that was sound.
public enum IntegrityCheck {
    NONE(""),
    QUICK("quick_check"),
    FULL("integrity_check");

    private final String pragma;

    IntegrityCheck(String pragma) {
        this.pragma = pragma;
    }

    /// Asks SQLite, which reads the file, locks nothing and creates nothing beside it.
    ///
    /// @throws ReplicaDamagedException with SQLite's first complaint
    void check(Path database) throws IOException {
        if (pragma.isEmpty()) {
            return;
        }
        String url = "jdbc:sqlite:" + database.toUri() + "?mode=ro&immutable=1";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA " + pragma + "(1)")) {
            String first = result.next() ? result.getString(1) : "no answer";
            if (!first.equals("ok")) {
                throw new ReplicaDamagedException(
                        "%s of the restored database says: %s".formatted(pragma, first));
            }
        } catch (SQLException e) {
            throw new ReplicaDamagedException(
                    "%s of the restored database: %s".formatted(pragma, e.getMessage()), e);
        }
    }
}
