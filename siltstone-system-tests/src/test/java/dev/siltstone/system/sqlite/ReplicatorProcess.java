package dev.siltstone.system.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A replicator that runs until it is stopped or killed. What it says goes to a file, each process adding to it.
///
/// Not thread-safe.
final class ReplicatorProcess implements AutoCloseable {
    private static final long STOP_SECONDS_MAX = 300;

    private final Process process;
    private final Path log;

    private ReplicatorProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ReplicatorProcess start(List<String> command, Path log) throws IOException {
        return new ReplicatorProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                log);
    }

    /// Runs a command to its end.
    ///
    /// @throws AssertionError if it does not end with 0; says what it said
    static void run(List<String> command, Path log) throws IOException, InterruptedException {
        Files.deleteIfExists(log);
        try (ReplicatorProcess process = start(command, log)) {
            if (!process.process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)
                    || process.process.exitValue() != 0) {
                throw new AssertionError(command + " failed; it said: " + process.said());
            }
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Ends it as a power switch does: SIGKILL.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// Asks it to end (SIGTERM), which has it replicate what is left.
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the replicator did not end; it said: " + said());
        }
    }

    String said() throws IOException {
        String all = Files.readString(log);
        return all.substring(Math.max(0, all.length() - 4_000));
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}
