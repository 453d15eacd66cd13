package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLineTest {
    @Test
    void wantsSubcommand() {
        assertThat(new CommandRun().exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(new CommandRun("stream").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(new CommandRun("stream", "frobnicate").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void saysWhereHelpIs() {
        assertThat(new CommandRun("stream", "cat").err()).contains("siltstone stream cat --help");
    }

    @Test
    void printsVersion() {
        assertThat(new CommandRun("version").out()).matches("siltstone \\S+\\R");
        assertThat(new CommandRun("version", "--json").out())
                .matches("\\{.*\"version\":\"[^\"]+\".*\\}\\R");
    }

    @Test
    void doesNotMixWaysOfFollowing() {
        CommandRun tail =
                new CommandRun("stream", "tail", "--sse", "--long-poll", "http://127.0.0.1:1/x");
        assertThat(tail.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void saysWhatIsWrongWithOptionsOfServe(@TempDir Path directory) throws IOException {
        String data = directory.resolve("data").toString();
        String file = Files.createFile(directory.resolve("file")).toString();
        assertRefused(ExitCode.USAGE, "--port", "99999", "--data", data);
        assertRefused(ExitCode.USAGE, "--journal-file", "4k", "--data", data);
        assertRefused(ExitCode.USAGE, "--max-body", "60M", "--data", data);
        assertRefused(ExitCode.USAGE, "--host", "nonsense.invalid", "--data", data);
        assertRefused(ExitCode.USAGE, "--token-file", "/none/tokens", "--data", data);
        assertRefused(ExitCode.FAILURE, "--data", file);
        assertThat(new CommandRun("inspect", directory.toString()).exitCode())
                .isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void saysWhatIsWrongWithOptionsOfBench() {
        String target = "http://127.0.0.1:1";
        assertBenchRefused(ExitCode.USAGE, "--target", "append");
        assertBenchRefused(ExitCode.USAGE, "plain http", "append", "--target", "https://localhost");
        assertBenchRefused(
                ExitCode.USAGE, "--streams", "append", "--target", target, "--streams", "0");
        assertBenchRefused(ExitCode.USAGE, "--size", "read", "--target", target, "--size", "9");
        assertBenchRefused(ExitCode.USAGE, "--type", "tail", "--target", target, "--type", "bytes");
        assertBenchRefused(
                ExitCode.UNAVAILABLE, "does the server run?", "mixed", "--target", target);
    }

    private static void assertBenchRefused(int exitCode, String said, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandRun run = new CommandRun(all);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).startsWith("siltstone: ").contains(said);
    }

    private static void assertRefused(int exitCode, String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "serve";
        System.arraycopy(options, 0, all, 1, options.length);
        CommandRun run = new CommandRun(all);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).startsWith("siltstone: ");
        assertThat(run.out()).isEmpty();
    }
}
