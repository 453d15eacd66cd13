package dev.siltstone.stream;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Inserts rows, [#ROWS] by one statement, which costs SQLite's entry and exit once.
///
/// For one thread at a time.
final class RowBatch<R> {
    /// Puts a row's values into a statement.
    interface Binding<R> {
        /// @param first number of the row's first parameter
        void bind(PreparedStatement statement, int first, R row) throws SQLException;
    }

    private static final int ROWS = 32;

    private final PreparedStatement one;
    private final PreparedStatement many;
    private final int columns;
    private final Binding<R> binding;
    private final List<R> waiting = new ArrayList<>(ROWS);

    /// @param insert the statement up to the values of the first row
    /// @param rest what follows the values of the last
    RowBatch(
            CatalogConnection connection,
            String insert,
            int columns,
            String rest,
            Binding<R> binding)
            throws IOException {
        String row = "(?" + ", ?".repeat(columns - 1) + ")";
        this.one = connection.prepare(insert + row + rest);
        this.many = connection.prepare(insert + row + (", " + row).repeat(ROWS - 1) + rest);
        this.columns = columns;
        this.binding = binding;
    }

    /// Inserts a row, now or with one of the next or [#flush].
    void add(R row) throws SQLException {
        waiting.add(row);
        if (waiting.size() == ROWS) {
            for (int i = 0; i < ROWS; i++) {
                binding.bind(many, 1 + i * columns, waiting.get(i));
            }
            int _ = many.executeUpdate();
            waiting.clear();
        }
    }

    void flush() throws SQLException {
        for (R row : waiting) {
            binding.bind(one, 1, row);
            int _ = one.executeUpdate();
        }
        waiting.clear();
    }

    /// Forgets what waits: its transaction was given up.
    void clear() {
        waiting.clear();
    }
}
