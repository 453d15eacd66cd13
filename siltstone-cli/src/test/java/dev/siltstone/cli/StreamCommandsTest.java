package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.journal.JournalSettings;
import dev.siltstone.server.ServerSettings;
import dev.siltstone.server.SiltstoneServer;
import dev.siltstone.server.http.HttpLimits;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamLogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `stream` commands against a server in the same process.
final class StreamCommandsTest {
    @TempDir Path directory;
    private StreamLog log;
    private SiltstoneServer server;

    @BeforeEach
    void startServer() throws IOException {
        start(ServerSettings.defaults());
    }

    private void start(ServerSettings settings) throws IOException {
        log =
                StreamLog.open(
                        directory.resolve("data"),
                        StreamLogSettings.defaults()
                                .withJournal(JournalSettings.ofFileBytes(1 << 20)));
        server =
                SiltstoneServer.start(
                        log,
                        settings.withPort(0)
                                .withLimits(
                                        HttpLimits.defaults()
                                                .withLongPollTimeout(Duration.ofMillis(200))),
                        InstantSource.system(),
                        new SplittableRandom(1));
    }

    @AfterEach
    void stopServer() throws IOException {
        server.stop();
        log.close();
    }

    private String url(String path) {
        return server.url() + "/v1/stream/" + path;
    }

    private static CommandRun stream(String... arguments) {
        return streamWithInput("", arguments);
    }

    private static CommandRun streamWithInput(String input, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "stream";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.withInput(input, all);
    }

    private static String outOf(CommandRun run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out();
    }

    @Test
    void carriesJsonAsMessages() {
        String json = "[1.0, {\"a\" : [12345678901234567890]}]";
        outOf(streamWithInput(json, "create", "-t", "application/json", url("x"), "-"));
        outOf(stream("append", "--data", "\"x\"", "--close", url("x")));
        String messages = "1.0\n{\"a\" : [12345678901234567890]}\n\"x\"\n";
        assertThat(outOf(stream("cat", url("x")))).isEqualTo(messages);
        assertThat(outOf(stream("tail", "--offset", "-1", url("x")))).isEqualTo(messages);
        assertThat(outOf(stream("tail", "--offset", "-1", "--long-poll", url("x"))))
                .isEqualTo(messages);
    }

    @Test
    void printsFacts() {
        String created =
                outOf(stream("create", "--json", "--ttl", "600", "-t", "text/plain", url("x")));
        assertThat(created).startsWith("{\"url\":").contains("\"created\":true");
        assertThat(outOf(stream("create", "--json", "--ttl", "600", "-t", "text/plain", url("x"))))
                .contains("\"created\":false");
        assertThat(outOf(stream("head", url("x"))))
                .contains("contentType: text/plain\n")
                .contains("closed: false\n")
                .contains("ttlSeconds: 600\n");
        assertThat(outOf(stream("head", "--json", url("x")))).contains("\"ttlSeconds\":600");
    }

    @Test
    void appendsInOneStepOrInPieces() {
        outOf(stream("create", "-t", "text/plain", url("x")));
        assertThat(outOf(streamWithInput("abc", "append", "--json", url("x"))))
                .contains("\"appends\":1");
        assertThat(
                        outOf(
                                streamWithInput(
                                        "defgh", "append", "--json", "--piece", "2", "--close",
                                        url("x"))))
                .contains("\"appends\":3")
                .contains("\"closed\":true");
        assertThat(outOf(stream("cat", url("x")))).isEqualTo("abcdefgh");
    }

    @Test
    void recognisesRepeatOfProducer() {
        outOf(stream("create", "-t", "text/plain", url("x")));
        String[] append = {
            "append", "--json", "--producer", "p", "--seq", "0", "--data", "once;", url("x")
        };
        assertThat(outOf(stream(append))).contains("\"duplicate\":false");
        assertThat(outOf(stream(append))).contains("\"duplicate\":true");
        assertThat(outOf(stream("cat", url("x")))).isEqualTo("once;");
        append[5] = "7";
        assertThat(stream(append).exitCode()).isEqualTo(ExitCode.CONFLICT);
    }

    @Test
    void forksAndRemoves() {
        String offset = outOf(stream("create", "-t", "text/plain", "--data", "ab", url("x")));
        outOf(stream("append", "--data", "cd", url("x")));
        outOf(
                stream(
                        "fork",
                        url("x"),
                        "/v1/stream/fork",
                        "--offset",
                        offset.strip(),
                        "--sub-offset",
                        "1"));
        outOf(stream("append", "--data", "!", url("fork")));
        assertThat(outOf(stream("cat", url("fork")))).isEqualTo("abc!");
        outOf(stream("rm", url("fork"), url("x")));
        assertThat(stream("head", url("x")).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(stream("rm", url("x")).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        outOf(stream("rm", "--force", url("x")));
    }

    @Test
    void listsByPrefix() {
        for (String name : List.of("list/a", "list/b", "list/c", "other")) {
            outOf(stream("create", url(name)));
        }
        assertThat(outOf(stream("ls", url("list/")))).isEqualTo("list/a\nlist/b\nlist/c\n");
        assertThat(outOf(stream("ls", "--limit", "1", "--after", "list/a", url("li"))))
                .isEqualTo("list/b\n");
        assertThat(outOf(stream("ls", server.url()))).endsWith("other\n");
        assertThat(outOf(stream("ls", "--long", url("other"))))
                .contains("open\tapplication/octet-stream\tother\n");
        assertThat(outOf(stream("ls", "--json", url("list/")))).startsWith("[{").endsWith("}]\n");
        assertThat(outOf(stream("ls", "--json", url("none/")))).isEqualTo("[]\n");
    }

    @Test
    void saysWhyServerRefused() {
        outOf(stream("create", "-t", "text/plain", url("x")));
        outOf(stream("close", url("x")));
        outOf(stream("close", url("x")));
        CommandRun append = stream("append", "--data", "x", url("x"));
        assertThat(append.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(append.err().lines()).hasSize(1);
        assertThat(append.err()).contains("closed");
        assertThat(append.out()).isEmpty();
        assertThat(stream("create", "-t", "text/html", url("x")).exitCode())
                .isEqualTo(ExitCode.CONFLICT);
        assertThat(stream("cat", url("none")).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void wantsTokenIfThereIsTokenFile() throws IOException {
        stopServer();
        Path tokens = Files.writeString(directory.resolve("tokens"), "# one\nsecret\n");
        start(ServerSettings.defaults().withTokenFile(tokens));
        assertThat(stream("create", url("x")).exitCode()).isEqualTo(ExitCode.UNAUTHORIZED);
        assertThat(stream("create", "--token", "wrong", url("x")).exitCode())
                .isEqualTo(ExitCode.UNAUTHORIZED);
        outOf(stream("create", "--token", "secret", url("x")));
    }
}
