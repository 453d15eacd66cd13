package dev.siltstone.system.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes up transactions: statements that work whatever the tables hold, raise the counter, and keep the
/// database at a few hundred rows, so that its content can be hashed for every transaction.
///
/// Not thread-safe.
final class TransactionScript {
    private static final int ROWS_KEPT = 500;
    private static final int EXTRA_TABLES = 3;

    private final RandomGenerator random;
    private final int pageSize;
    private final int rowsMax;
    private final boolean savepoints;

    /// @param savepoints whether changes are rolled back to savepoints, see [FleetPlan#brokenChains]
    TransactionScript(RandomGenerator random, FleetPlan plan, boolean savepoints) {
        this.random = random;
        this.pageSize = plan.pageSize();
        this.rowsMax = plan.rowsMax();
        this.savepoints = savepoints;
    }

    /// Returns what creates the tables, the counter at 0.
    static String[] schema() {
        return new String[] {
            "CREATE TABLE progress(n INTEGER NOT NULL);",
            "INSERT INTO progress VALUES (0);",
            "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, number REAL, body BLOB);",
            "CREATE INDEX item_by_name ON item(name);",
            "CREATE TABLE pair(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
        };
    }

    /// Returns settings that a connection may have.
    String[] settings(int busyTimeoutMillis) {
        return new String[] {
            "PRAGMA busy_timeout=" + busyTimeoutMillis + ";",
            "PRAGMA wal_autocheckpoint=" + oneOf("0", "1", "10", "100", "1000") + ";",
            "PRAGMA synchronous=" + oneOf("OFF", "NORMAL", "FULL") + ";",
            "PRAGMA cache_size="
                    + oneOf("5", "40", "2000")
                    + ";", // small: spills in mid-transaction
            "PRAGMA journal_size_limit=" + oneOf("-1", "0", "32768") + ";"
        };
    }

    /// Returns a checkpoint in any mode.
    String checkpoint() {
        return "PRAGMA wal_checkpoint("
                + oneOf("PASSIVE", "PASSIVE", "FULL", "RESTART", "TRUNCATE")
                + ");";
    }

    /// Returns the statements of a transaction, without its begin and end.
    List<String> next() {
        List<String> statements = new ArrayList<>();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            addChange(statements);
        }
        statements.add(
                "DELETE FROM item WHERE id <= (SELECT max(id) FROM item) - " + ROWS_KEPT + ";");
        statements.add(
                "UPDATE item SET body = NULL WHERE length(body) > 2000"
                        + " AND id < (SELECT max(id) FROM item) - 20;");
        statements.add("UPDATE progress SET n = n + 1;");
        return statements;
    }

    private void addChange(List<String> statements) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> statements.add(insert(1 + random.nextInt(5), random.nextInt(1500)));
            case 3 -> statements.add(insert(1 + random.nextInt(rowsMax), random.nextInt(100)));
            case 4 -> statements.add(insert(1, pageSize + random.nextInt(2 * pageSize)));
            case 5, 6 -> statements.add(update());
            case 7 -> statements.add("DELETE FROM item WHERE " + someItems() + ";");
            case 8, 9 -> statements.add(pair());
            case 10 -> addHalfRolledBack(statements);
            default -> addSchemaChange(statements);
        }
    }

    private String insert(int rows, int bytes) {
        return "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT "
                + rows
                + ") INSERT INTO item(name, number, body)"
                + " SELECT printf('item %d', random()), random() / 3.0, randomblob("
                + bytes
                + ") FROM c;";
    }

    private String update() {
        return "UPDATE item SET name = printf('%x', random()), body = randomblob("
                + random.nextInt(200)
                + ") WHERE "
                + someItems()
                + ";";
    }

    private String someItems() {
        int divisor = 2 + random.nextInt(60);
        return "id % " + divisor + " = " + random.nextInt(divisor);
    }

    private String pair() {
        return "INSERT OR REPLACE INTO pair VALUES (printf('k%03d', abs(random() % 200)), "
                + oneOf("NULL", "random()", "random() / 7.0", "hex(randomblob(40))", "zeroblob(90)")
                + ");";
    }

    private void addHalfRolledBack(List<String> statements) {
        if (!savepoints) {
            statements.add(pair());
            return;
        }
        statements.add("SAVEPOINT half;");
        statements.add(insert(1 + random.nextInt(rowsMax), 80));
        statements.add("ROLLBACK TO half;");
        statements.add("RELEASE half;");
    }

    private void addSchemaChange(List<String> statements) {
        String table = "extra_" + random.nextInt(EXTRA_TABLES);
        switch (random.nextInt(4)) {
            case 0 -> statements.add("DROP INDEX IF EXISTS item_by_number;");
            case 1 -> statements.add("CREATE INDEX IF NOT EXISTS item_by_number ON item(number);");
            case 2 -> statements.add("DROP TABLE IF EXISTS " + table + ";");
            default -> {
                statements.add("DROP TABLE IF EXISTS " + table + ";");
                statements.add("CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, v);");
                statements.add(
                        "INSERT INTO " + table + "(v) SELECT name FROM item ORDER BY id LIMIT 50;");
                statements.add("ALTER TABLE " + table + " ADD COLUMN w DEFAULT 7;");
                statements.add("ALTER TABLE " + table + " RENAME COLUMN v TO renamed;");
            }
        }
    }

    private String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
