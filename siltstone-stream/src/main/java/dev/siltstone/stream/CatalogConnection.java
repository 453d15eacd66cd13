package dev.siltstone.stream;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/// One connection to the catalog's database, with the statements that were prepared on it.
///
/// Never checkpoints by itself. Closing a connection for reading never does either; closing one for writing would,
/// if no other is open.
///
/// For one thread at a time.
final class CatalogConnection implements AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;
    private static final int RESULT_BITS = 0xFF;
    private static final int KIB = 1024;

    private final Path database;
    private final Connection connection;
    private final List<PreparedStatement> statements = new ArrayList<>();

    private CatalogConnection(Path database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    /// Opens a database that exists for writing.
    ///
    /// @param forced whether commits are forced
    static CatalogConnection openForWriting(Path database, boolean forced, int cacheBytes)
            throws IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        CatalogConnection opened = open(database, config, cacheBytes);
        return opened.prepared("PRAGMA synchronous = " + (forced ? "FULL" : "OFF"));
    }

    /// Opens a database that exists for reading.
    static CatalogConnection openForReading(Path database, int cacheBytes) throws IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.resetOpenMode(SQLiteOpenMode.READWRITE);
        config.setOpenMode(SQLiteOpenMode.READONLY);
        return open(database, config, cacheBytes);
    }

    /// Makes a database that does not exist.
    static CatalogConnection create(Path database, int cacheBytes) throws IOException {
        return open(database, new SQLiteConfig(), cacheBytes);
    }

    private static CatalogConnection open(Path database, SQLiteConfig config, int cacheBytes)
            throws IOException {
        config.setBusyTimeout(BUSY_MILLIS);
        try {
            Connection connection =
                    DriverManager.getConnection(
                            "jdbc:sqlite:" + uri(database), config.toProperties());
            return new CatalogConnection(database, connection)
                    .prepared("PRAGMA wal_autocheckpoint = 0")
                    .prepared("PRAGMA temp_store = MEMORY")
                    .prepared("PRAGMA cache_size = -" + cacheBytes / KIB);
        } catch (SQLException e) {
            throw failure(database, e);
        }
    }

    private CatalogConnection prepared(String pragma) throws IOException {
        try {
            execute(pragma);
            return this;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// The driver would cut a plain path at a question mark.
    private static String uri(Path database) {
        String path = database.toAbsolutePath().toString();
        return "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23");
    }

    void execute(String sql) throws IOException {
        try (var statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /// Prepares a statement, which is closed with the connection.
    PreparedStatement prepare(String sql) throws IOException {
        try {
            PreparedStatement statement = connection.prepareStatement(sql);
            statements.add(statement);
            return statement;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /// Returns the one number that a query gives.
    long number(String sql) throws IOException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    Path database() {
        return database;
    }

    IOException failure(SQLException cause) {
        return failure(database, cause);
    }

    private static IOException failure(Path database, SQLException cause) {
        int code = cause.getErrorCode() & RESULT_BITS;
        if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
                || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return new CatalogDamagedException(database, String.valueOf(cause.getMessage()));
        }
        return new IOException(database + ": " + cause.getMessage(), cause);
    }

    /// Says whether a failure leaves nothing behind and may not happen again: no room, or a lock.
    static boolean mayPass(Throwable failure) {
        if (!(failure.getCause() instanceof SQLException cause)) {
            return false;
        }
        int code = cause.getErrorCode() & RESULT_BITS;
        return code == SQLiteErrorCode.SQLITE_FULL.code || code == SQLiteErrorCode.SQLITE_BUSY.code;
    }

    @Override
    public void close() throws IOException {
        try {
            for (PreparedStatement statement : statements) {
                statement.close();
            }
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
