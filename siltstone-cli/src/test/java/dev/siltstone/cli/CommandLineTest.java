package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
