package dev.siltstone.sqlite.replica;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A `sqlite3` shell as a process of its own: another program that uses a database.
final class Sqlite3 implements AutoCloseable {
    private static final String END = "--end--";

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Sqlite3(Path database) throws IOException {
        this.process =
                new ProcessBuilder("sqlite3", "-batch", database.toString())
                        .redirectErrorStream(true)
                        .start();
        this.in = process.outputWriter();
        this.out = process.inputReader();
        run(".timeout 10000");
    }

    /// Says whether there is such a shell here.
    static boolean isThere() {
        try {
            return new ProcessBuilder("sqlite3", "-version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs statements and returns what they print.
    List<String> run(String sql) throws IOException {
        in.write(sql + "\n.print " + END + "\n");
        in.flush();
        List<String> lines = new ArrayList<>();
        for (String line; !END.equals(line = out.readLine()); ) {
            if (line == null) {
                throw new IOException("sqlite3 ended; it said " + lines);
            }
            lines.add(line);
        }
        return lines;
    }

    void kill() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
