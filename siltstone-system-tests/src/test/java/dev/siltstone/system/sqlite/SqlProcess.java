package dev.siltstone.system.sqlite;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.JDBC;

/// A process of its own that has one database open and runs SQL in it: the system's `sqlite3` shell, or a JVM
/// with the SQLite of sqlite-jdbc. It ends at its first error, so that no statement of a transaction that
/// failed is carried out on its own.
///
/// Not thread-safe.
final class SqlProcess implements AutoCloseable {
    private static final Pattern ERROR =
            Pattern.compile("(?:Runtime error|Parse error|Error).*?: (.*)");
    private static final String MARK = "~~done~~";
    private static final long CLOSE_SECONDS_MAX = 60;

    /// Which SQLite it is.
    enum Kind {
        SHELL,
        JDBC
    }

    /// The process has ended: by an error in a statement, or because it was killed.
    static final class EndedException extends Exception {
        EndedException(String message) {
            super(message);
        }

        boolean isBusy() {
            return getMessage().contains("database is locked")
                    || getMessage().contains("SQLITE_BUSY");
        }
    }

    /// What a database holds.
    ///
    /// @param counter how many transactions there were
    /// @param hash see [ContentHash]
    record State(long counter, String hash) {}

    private final Kind kind;
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private SqlProcess(Kind kind, List<String> command) throws IOException {
        this.kind = kind;
        this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    /// Opens a database, which is created if it is missing.
    static SqlProcess open(Kind kind, Path database) throws IOException {
        return new SqlProcess(kind, command(kind, database));
    }

    private static List<String> command(Kind kind, Path database) {
        return switch (kind) {
            case SHELL -> List.of("sqlite3", "-batch", "-bail", database.toString());
            case JDBC ->
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            placeOf(JdbcShell.class) + ":" + placeOf(JDBC.class),
                            JdbcShell.class.getName(),
                            database.toString());
        };
    }

    private static Path placeOf(Class<?> one) {
        try {
            return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Says whether the system has the `sqlite3` shell.
    static boolean hasShell() {
        try {
            Process version = new ProcessBuilder("sqlite3", "-version").start();
            version.outputWriter().close();
            version.inputReader().lines().forEach(line -> {});
            return version.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs statements, each on a line of its own, to their end.
    ///
    /// @return the lines they printed, values separated by `|`
    List<String> run(String... statements) throws EndedException {
        send(statements);
        send(".print " + MARK);
        List<String> lines = new ArrayList<>();
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals(MARK)) {
                    return lines;
                }
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("Error: " + e.getMessage());
        }
        throw new EndedException(whyItEnded(lines));
    }

    private static String whyItEnded(List<String> lines) {
        for (String line : lines) {
            Matcher error = ERROR.matcher(line);
            if (error.matches()) {
                return error.group(1);
            }
        }
        return "the process ended after it said " + lines;
    }

    /// Passes statements on without waiting for them. If the process has ended, nothing happens.
    void send(String... statements) {
        try {
            for (String statement : statements) {
                in.write(statement);
                in.newLine();
            }
            in.flush();
        } catch (IOException ended) {
            // The next wait for an answer says why.
        }
    }

    /// Returns what the open transaction sees. Needs the table `progress`.
    State state() throws EndedException {
        List<String> lines =
                switch (kind) {
                    case SHELL ->
                            run("SELECT n, " + ContentHash.SHELL_EXPRESSION + " FROM progress;");
                    case JDBC -> run(".state");
                };
        String[] values = lines.getLast().split("\\|");
        return new State(Long.parseLong(values[0]), values[1]);
    }

    long pid() {
        return process.pid();
    }

    /// Ends it as a power switch does (SIGKILL), and waits until it is gone.
    void kill() {
        process.destroyForcibly();
        await();
    }

    /// Has it close the database and end.
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException ended) {
            // Nothing was left to be written.
        }
        await();
    }

    private void await() {
        try {
            if (!process.waitFor(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(kind + " process did not end");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new AssertionError(e);
        }
    }
}
