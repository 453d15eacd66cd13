package dev.siltstone.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The packaged program, run as a process.
public final class Program {
    private static final long SECONDS_MAX = 60;
    private static final long MINUTES_MAX = 4;

    /// What a run left behind.
    ///
    /// @param exitCode as the shell sees it
    /// @param out standard output
    /// @param err standard error
    @SuppressWarnings("ArrayRecordComponent")
    public record Result(int exitCode, byte[] out, String err) {
        public String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    private Program() {}

    /// Returns the command that runs the program with `arguments`.
    public static List<String> command(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        Path archive = ClassArchive.of(jar(), command);
        command.addAll(List.of("-Xlog:disable", "-XX:SharedArchiveFile=" + archive));
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path jar() {
        String property = System.getProperty("siltstone.jar");
        if (property == null) {
            throw new IllegalStateException("system property siltstone.jar is not set");
        }
        Path jar = Path.of(property).toAbsolutePath().normalize();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(
                    jar + " is missing; run ./mvnw verify, which packages it");
        }
        return jar;
    }

    /// Runs the program to its end without any input.
    static Result run(String... arguments) throws IOException, InterruptedException {
        return run(new byte[0], arguments);
    }

    /// Runs the program to its end with `input` on standard input.
    static Result run(byte[] input, String... arguments) throws IOException, InterruptedException {
        return run(new ProcessBuilder(command(arguments)), input);
    }

    /// Runs any process to its end.
    public static Result run(ProcessBuilder builder, byte[] input)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("siltstone-run");
        Path in = Files.write(scratch.resolve("in"), input);
        Path out = scratch.resolve("out");
        Path err = scratch.resolve("err");
        Process process =
                builder.redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    builder.command() + " did not end; it said: " + Files.readString(err));
        }
        Result result =
                new Result(process.exitValue(), Files.readAllBytes(out), Files.readString(err));
        for (Path file : List.of(in, out, err, scratch)) {
            Files.delete(file);
        }
        return result;
    }

    /// Begins a process whose output the caller reads.
    static Process start(Map<String, String> environment, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(arguments));
        builder.environment().putAll(environment);
        return killedLater(builder.start());
    }

    /// Sees to it that a process ends at some time, whatever becomes of the test: nobody who reads its
    /// output waits for ever.
    static Process killedLater(Process process) {
        var _ =
                process.onExit()
                        .orTimeout(MINUTES_MAX, TimeUnit.MINUTES)
                        .exceptionally(timeout -> process.destroyForcibly());
        return process;
    }
}
