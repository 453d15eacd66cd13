package dev.siltstone.cli;

import static dev.siltstone.cli.ScriptedServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class AppendCommandTest {
    private static final String APPENDED =
            answer("204 No Content", "Stream-Next-Offset: 4\r\nConnection: close\r\n", "");

    @Test
    void saysHowMuchIsThereWhenLaterPieceFails() throws IOException {
        String full =
                answer(
                        "507 Insufficient Storage",
                        "Content-Type: application/json\r\nConnection: close\r\n",
                        "{\"error\":{\"code\":\"NO_SPACE\",\"message\":\"the disk is full\"}}");
        try (ScriptedServer server = new ScriptedServer(APPENDED, full)) {
            CommandRun append =
                    CommandRun.withInput(
                            "abcdef",
                            "stream",
                            "append",
                            "-t",
                            "text/plain",
                            "--piece",
                            "4",
                            server.url());
            assertThat(append.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(append.err())
                    .contains("the disk is full (507)")
                    .contains("the first 4 bytes were appended before, in 1 append");
            assertThat(append.out()).isEmpty();
        }
    }

    @Test
    void saysThatEffectIsUnknownWithoutAnswer() throws IOException {
        try (ScriptedServer server = new ScriptedServer("")) {
            CommandRun append =
                    CommandRun.withInput("a", "stream", "append", "-t", "text/plain", server.url());
            assertThat(append.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(append.err()).contains("whether it took effect is unknown");
        }
    }

    @Test
    void neverCutsJson() {
        CommandRun append =
                CommandRun.withInput(
                        "[1,2,3]",
                        "stream",
                        "append",
                        "-t",
                        "application/json",
                        "--piece",
                        "4",
                        "http://127.0.0.1:1/v1/stream/x");
        assertThat(append.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(append.err()).contains("nothing was appended");
    }

    @Test
    void hasNothingToAppendWithoutInput() {
        CommandRun append =
                new CommandRun(
                        "stream", "append", "-t", "text/plain", "http://127.0.0.1:1/v1/stream/x");
        assertThat(append.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
