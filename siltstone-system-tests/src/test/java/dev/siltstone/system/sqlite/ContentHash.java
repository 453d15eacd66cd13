package dev.siltstone.system.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What a database holds, as one number: SHA3-256 over its schema and over all rows of its tables, but for
/// SQLite's own and those that replicators keep in it (`_litestream*`, `_siltstone*`).
///
/// It is what the `sqlite3` shell computes with `sha3_query(…, 256)` over these statements: for the schema one,
/// then for each table, in the order of names, `SELECT * FROM "name" ORDER BY 1;`. So the first column must
/// order the rows of each table. Per statement `S`, its length, `:` and its text; per row `R`; per value `N`
/// (null), `I` and 8 bytes, `F` and 8 bytes, or `T` or `B`, the length, `:` and the bytes; big-endian.
final class ContentHash {
    private static final String OF_USERS =
            "name NOT GLOB 'sqlite_*' AND name NOT GLOB '_litestream*'"
                    + " AND name NOT GLOB '_siltstone*'";
    private static final String SCHEMA =
            "SELECT type,name,tbl_name,sql FROM sqlite_schema WHERE "
                    + OF_USERS
                    + " ORDER BY name;";
    private static final String TABLES =
            "SELECT 'SELECT * FROM \"' || name || '\" ORDER BY 1;' AS q FROM sqlite_schema"
                    + " WHERE type = 'table' AND "
                    + OF_USERS
                    + " ORDER BY name";

    /// Has the `sqlite3` shell print the hash in lower hex.
    static final String SHELL_EXPRESSION =
            "lower(hex(sha3_query((SELECT '"
                    + SCHEMA.replace("'", "''")
                    + "' || coalesce(group_concat(q, ''), '') FROM ("
                    + TABLES
                    + ")), 256)))";

    private ContentHash() {}

    /// Returns the hash in lower hex, as the connection's transaction sees the database.
    static String of(Connection connection) throws SQLException {
        List<String> queries = new ArrayList<>(List.of(SCHEMA));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                queries.add(rows.getString(1));
            }
        }
        MessageDigest digest = sha3();
        for (String query : queries) {
            addTexts(digest, 'S', query.getBytes(UTF_8));
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                addRows(digest, rows);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void addRows(MessageDigest digest, ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            digest.update((byte) 'R');
            for (int column = 1; column <= columns; column++) {
                addValue(digest, rows.getObject(column));
            }
        }
    }

    private static void addValue(MessageDigest digest, Object value) {
        switch (value) {
            case null -> digest.update((byte) 'N');
            case Double number -> addNumber(digest, 'F', Double.doubleToRawLongBits(number));
            case Number number -> addNumber(digest, 'I', number.longValue());
            case byte[] blob -> addTexts(digest, 'B', blob);
            default -> addTexts(digest, 'T', value.toString().getBytes(UTF_8));
        }
    }

    private static void addNumber(MessageDigest digest, char kind, long bits) {
        digest.update((byte) kind);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, bits));
    }

    private static void addTexts(MessageDigest digest, char kind, byte[] bytes) {
        digest.update((kind + "" + bytes.length + ":").getBytes(UTF_8));
        digest.update(bytes);
    }

    private static MessageDigest sha3() {
        try {
            return MessageDigest.getInstance("SHA3-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA3-256", e);
        }
    }
}
