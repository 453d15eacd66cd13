package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs a command line within the test.
final class CommandRun {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Long> pauses = new ArrayList<>();
    private final int exitCode;

    CommandRun(String... arguments) {
        this("", () -> {}, arguments);
    }

    private CommandRun(String input, Runnable written, String[] arguments) {
        Console console =
                new Console(
                        new ByteArrayInputStream(input.getBytes(UTF_8)),
                        new Watched(out, written),
                        new PrintStream(err, true, UTF_8),
                        Map.of(),
                        pauses::add);
        exitCode = Siltstone.commandLine(console, arguments).execute(arguments);
    }

    static CommandRun withInput(String input, String... arguments) {
        return new CommandRun(input, () -> {}, arguments);
    }

    /// @param written is told each time that something was written to standard output
    static CommandRun watched(Runnable written, String... arguments) {
        return new CommandRun("", written, arguments);
    }

    private static final class Watched extends FilterOutputStream {
        private final Runnable written;

        Watched(OutputStream out, Runnable written) {
            super(out);
            this.written = written;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written.run();
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            written.run();
        }
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out.toString(UTF_8);
    }

    String err() {
        return err.toString(UTF_8);
    }

    /// Returns how long it would have waited, each time.
    List<Long> pauses() {
        return pauses;
    }
}
