package dev.siltstone.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `siltstone serve` process of its own, ready to be killed.
///
/// Not thread-safe.
final class ServerProcess implements AutoCloseable {
    private static final Pattern ANNOUNCEMENT =
            Pattern.compile(
                    "siltstone \\S+ serving .* at (http://127\\.0\\.0\\.1:(\\d+))/v1/stream/");
    private static final long STOP_SECONDS_MAX = 30;

    private final Process process;
    private final Path errors;
    private final String url;
    private final int port;

    private ServerProcess(Process process, Path errors, Matcher announcement) {
        this.process = process;
        this.errors = errors;
        this.url = announcement.group(1);
        this.port = Integer.parseInt(announcement.group(2));
    }

    /// Starts a server on any free port and waits until it says where it serves.
    static ServerProcess start(Path data, String... flags) throws IOException {
        return startAt(0, data, flags);
    }

    /// Starts a server on a certain port.
    static ServerProcess startAt(int port, Path data, String... flags) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("serve", "--data", data.toString()));
        arguments.addAll(List.of("--port", Integer.toString(port)));
        arguments.addAll(List.of(flags));
        return launch(Program.command(arguments.toArray(String[]::new)));
    }

    /// Runs a command that ends up as a server.
    static ServerProcess launch(List<String> command) throws IOException {
        Path errors = Files.createTempFile("siltstone-serve", ".err");
        Process process =
                Program.killedLater(
                        new ProcessBuilder(command).redirectError(errors.toFile()).start());
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        Matcher announcement = ANNOUNCEMENT.matcher(String.valueOf(line));
        if (!announcement.matches()) {
            process.destroyForcibly();
            throw new IOException(
                    "the server did not start; it said '"
                            + line
                            + "' and: "
                            + Files.readString(errors));
        }
        return new ServerProcess(process, errors, announcement);
    }

    String url() {
        return url;
    }

    /// Returns the URL of a stream.
    String url(String path) {
        return url + "/v1/stream/" + path;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /// Opens a connection of its own.
    HttpConnection connect() throws IOException {
        return new HttpConnection(port);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Ends the process as a power switch does: SIGKILL, nothing is said to anybody.
    void kill() {
        process.destroyForcibly();
        await();
    }

    /// Asks the process to end (SIGTERM).
    ///
    /// @return its exit code
    int stop() {
        process.destroy();
        await();
        return process.exitValue();
    }

    private void await() {
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the server did not end; it said: " + errors());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Returns what it said on standard error.
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            kill();
        }
        Files.deleteIfExists(errors);
    }
}
