package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/// One connection of ours to a database that other processes write. It never waits for a lock (`busy_timeout`
/// is 0) and never checkpoints by itself (`wal_autocheckpoint` is 0).
///
/// What may meet a lock answers `false` then, and nothing changed.
///
/// Not thread-safe; belongs to one platform thread.
final class SourceConnection implements AutoCloseable {
    private static final int RESULT_BITS = 0xFF;

    /// Both tables are Litestream's; it uses the second as a lock, we do not.
    private static final List<String> BUMP =
            List.of(
                    "CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
                    "CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER)",
                    "INSERT INTO _litestream_seq (id, seq) VALUES (1, 1)"
                            + " ON CONFLICT (id) DO UPDATE SET seq = seq + 1");

    private final Path database;
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement beginImmediate;
    private final PreparedStatement look;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement noop;
    private final PreparedStatement passive;
    private boolean inTransaction;

    private SourceConnection(Path database, Connection connection) throws SQLException {
        this.database = database;
        this.connection = connection;
        this.begin = connection.prepareStatement("BEGIN");
        this.beginImmediate = connection.prepareStatement("BEGIN IMMEDIATE");
        this.look = connection.prepareStatement("SELECT 1 FROM sqlite_schema LIMIT 1");
        this.commit = connection.prepareStatement("COMMIT");
        this.rollback = connection.prepareStatement("ROLLBACK");
        this.noop = connection.prepareStatement("PRAGMA wal_checkpoint(NOOP)");
        this.passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
    }

    /// Opens a connection to a database that exists. (By a URI: the driver would cut a path at a question mark.)
    ///
    /// @throws SourceException if it is no database in WAL mode
    static SourceConnection open(Path database) throws IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(0);
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        try {
            Connection connection =
                    DriverManager.getConnection(
                            "jdbc:sqlite:file:" + database.toAbsolutePath().toUri().getRawPath(),
                            config.toProperties());
            try (var statement = connection.createStatement()) {
                statement.execute("PRAGMA wal_autocheckpoint=0");
                return new SourceConnection(database, connection);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw explain(database, e);
        }
    }

    /// Returns the journal mode, in lower case.
    String journalMode() throws IOException {
        return text("PRAGMA journal_mode");
    }

    int pageSize() throws IOException {
        return Integer.parseInt(text("PRAGMA page_size"));
    }

    private String text(String sql) throws IOException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getString(1);
        } catch (SQLException e) {
            throw explain(database, e);
        }
    }

    /// Begins a read transaction and reads, so that it holds a place in the WAL.
    boolean begin() throws IOException {
        if (!run(begin)) {
            return false;
        }
        inTransaction = true;
        boolean begun = false;
        try (ResultSet row = look.executeQuery()) {
            begun = true;
            return true;
        } catch (SQLException e) {
            return busyOrThrow(e);
        } finally {
            if (!begun) {
                end();
            }
        }
    }

    /// Takes the write lock.
    boolean beginImmediate() throws IOException {
        inTransaction = run(beginImmediate);
        return inTransaction;
    }

    /// Ends the transaction, if there is one; what was written in it is undone.
    void end() throws IOException {
        if (inTransaction) {
            inTransaction = false;
            if (!run(rollback)) {
                throw new IOException(database + ": a transaction that only read cannot be ended");
            }
        }
    }

    boolean isInTransaction() {
        return inTransaction;
    }

    /// Returns how far the WAL is, without a lock; null if somebody is writing that down at this moment.
    @Nullable WalIndex noop() throws IOException {
        return checkpoint(noop);
    }

    /// Copies frames to the database file as far as no reader needs the old pages.
    ///
    /// @return how far the WAL is; null if somebody else is at it
    @Nullable WalIndex passive() throws IOException {
        return checkpoint(passive);
    }

    private @Nullable WalIndex checkpoint(PreparedStatement pragma) throws IOException {
        try (ResultSet row = pragma.executeQuery()) {
            boolean busy = row.getInt(1) != 0 && row.getLong(2) < 0;
            return busy ? null : new WalIndex(row.getLong(2), row.getLong(3));
        } catch (SQLException e) {
            busyOrThrow(e);
            return null;
        }
    }

    /// In the write transaction that [#beginImmediate()] began: a change of a row that is there for that purpose,
    /// as Litestream makes it, so that the WAL has a generation and a frame. Ends the transaction.
    void bumpAndCommit() throws IOException {
        try (var statement = connection.createStatement()) {
            for (String sql : BUMP) {
                statement.execute(sql);
            }
            if (!run(commit)) {
                throw new IOException(database + ": a commit with the write lock was refused");
            }
            inTransaction = false;
        } catch (SQLException e) {
            throw explain(database, e);
        }
    }

    private boolean run(PreparedStatement statement) throws IOException {
        try {
            statement.execute();
            return true;
        } catch (SQLException e) {
            return busyOrThrow(e);
        }
    }

    private boolean busyOrThrow(SQLException e) throws IOException {
        int code = e.getErrorCode() & RESULT_BITS;
        if (code == SQLiteErrorCode.SQLITE_BUSY.code
                || code == SQLiteErrorCode.SQLITE_LOCKED.code
                || code == SQLiteErrorCode.SQLITE_PROTOCOL.code) {
            return false;
        }
        throw explain(database, e);
    }

    private static IOException explain(Path database, SQLException e) {
        int code = e.getErrorCode() & RESULT_BITS;
        if (code == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return new SourceException(
                    database + " is not a SQLite database, or it is encrypted: give a plain one",
                    e);
        }
        if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
            return new SourceException(
                    database
                            + " cannot be written: a replicator needs write access to it and to its"
                            + " directory, for the locks and for its own two tables",
                    e);
        }
        if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
            return new SourceException(
                    database + " cannot be opened as a database: " + e.getMessage(), e);
        }
        return new IOException(database + ": " + e.getMessage(), e);
    }

    /// Closes the connection. If it is the last one to the database of all processes, SQLite checkpoints and
    /// deletes the WAL.
    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw explain(database, e);
        }
    }
}
