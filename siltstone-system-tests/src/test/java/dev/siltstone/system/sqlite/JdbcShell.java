package dev.siltstone.system.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The program of a child JVM: what the `sqlite3` shell is to the system's SQLite, this is to the one in
/// sqlite-jdbc. Each line of standard input is a statement, `.print TEXT` or `.state` (the counter and the
/// content hash). Ends with code 1 at the first error, like `sqlite3 -bail`.
final class JdbcShell {
    private JdbcShell() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, UTF_8);
        int line = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + arguments[0]);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String command = in.readLine(); command != null; command = in.readLine()) {
                line++;
                run(connection, command, out);
            }
        } catch (SQLException e) {
            out.println("Runtime error near line " + line + ": " + e.getMessage());
            out.flush();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Connection connection, String command, PrintStream out)
            throws SQLException {
        if (command.startsWith(".print ")) {
            out.println(command.substring(".print ".length()));
            out.flush();
        } else if (command.equals(".state")) {
            out.println(counter(connection) + "|" + ContentHash.of(connection));
        } else {
            try (Statement statement = connection.createStatement()) {
                if (statement.execute(command)) {
                    print(statement.getResultSet(), out);
                }
            }
        }
    }

    private static void print(ResultSet rows, PrintStream out) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            StringBuilder row = new StringBuilder();
            for (int column = 1; column <= columns; column++) {
                row.append(column == 1 ? "" : "|").append(rows.getString(column));
            }
            out.println(row);
        }
    }

    private static long counter(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT n FROM progress")) {
            return rows.getLong(1);
        }
    }
}
