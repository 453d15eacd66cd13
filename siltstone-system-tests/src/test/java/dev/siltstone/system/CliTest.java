package dev.siltstone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged command line as a process: bytes in and out, exit codes, and servers that must not start.
/// What each subcommand does is tested in its own room.
final class CliTest {
    private static final int NOT_FOUND = 3;
    private static final int UNAVAILABLE = 5;
    private static final int DAMAGED = 6;
    private static final int LOCKED = 7;

    @TempDir static Path data;
    private static ServerProcess server;

    @BeforeAll
    static void startServer() throws IOException {
        server = ServerProcess.start(data, "--long-poll-timeout", "500ms");
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    private static Program.Result stream(String... arguments)
            throws IOException, InterruptedException {
        return stream(new byte[0], arguments);
    }

    private static Program.Result stream(byte[] input, String... arguments)
            throws IOException, InterruptedException {
        String[] all = new String[arguments.length + 1];
        all[0] = "stream";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Program.run(input, all);
    }

    private static void succeeds(Program.Result result) {
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    @Test
    void carriesBytesUnchanged() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        String url = server.url("cli/bytes");
        succeeds(stream("create", url));
        succeeds(stream(bytes, "append", "--piece", "1M", url));
        Program.Result cat = stream("cat", url);
        succeeds(cat);
        assertThat(cat.out()).isEqualTo(bytes);
        assertThat(cat.err()).isEmpty();
    }

    @Test
    void tailLivesThroughKillOfServer() throws Exception {
        try (TailedServer tailed = new TailedServer("application/octet-stream")) {
            tailed.append("a\r\n\0");
            tailed.awaitTail("a\r\n\0");
            tailed.killAndRestart();
            tailed.append("b");
            tailed.awaitTail("b");
            tailed.close("\u00ff");
            tailed.awaitEnd("\u00ff");
        }
    }

    /// A server with one stream, and a `tail` of it.
    private static final class TailedServer implements AutoCloseable {
        private final Path directory = Files.createTempDirectory("siltstone-tail");
        private final Process tail;
        private ServerProcess served;

        TailedServer(String contentType) throws Exception {
            served = ServerProcess.start(directory);
            try (HttpConnection connection = served.connect()) {
                connection.put("x", "", "Content-Type", contentType);
            }
            tail = Program.start(Map.of(), "stream", "tail", "--offset", "-1", served.url("x"));
        }

        void append(String text) throws IOException {
            try (HttpConnection connection = served.connect()) {
                connection.post("x", text, "Content-Type", "application/octet-stream");
            }
        }

        void close(String text) throws IOException {
            try (HttpConnection connection = served.connect()) {
                connection.post(
                        "x",
                        text,
                        "Content-Type",
                        "application/octet-stream",
                        "Stream-Closed",
                        "true");
            }
        }

        void awaitTail(String text) throws IOException {
            byte[] expected = text.getBytes(UTF_8);
            assertThat(tail.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
        }

        void awaitEnd(String text) throws Exception {
            assertThat(tail.getInputStream().readAllBytes()).isEqualTo(text.getBytes(UTF_8));
            assertThat(tail.waitFor()).isZero();
        }

        void killAndRestart() throws IOException {
            served.close();
            served = ServerProcess.startAt(served.port(), directory);
        }

        @Override
        public void close() throws IOException {
            tail.destroyForcibly();
            served.close();
            deleteTree(directory);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void endsQuietlyWhenNobodyReadsItsOutput() throws Exception {
        try (HttpConnection connection = server.connect()) {
            connection.put("cli/pipe", "\0".repeat(4_000_000));
        }
        Process cat = Program.start(Map.of(), "stream", "cat", server.url("cli/pipe"));
        try (InputStream out = cat.getInputStream()) {
            assertThat(out.read()).isZero();
        }
        assertThat(cat.waitFor()).isZero();
        assertThat(new String(cat.getErrorStream().readAllBytes(), UTF_8)).isEmpty();
    }

    @Test
    void refusesSecondServerOnSameDirectory() throws Exception {
        Program.Result second = Program.run("serve", "--data", data.toString(), "--port", "0");
        assertThat(second.exitCode()).isEqualTo(LOCKED);
        assertThat(second.err()).contains("locked").contains(data.toString());
        assertThat(second.out()).isEmpty();
    }

    @Test
    void refusesTakenPort(@TempDir Path other) throws Exception {
        Program.Result second =
                Program.run(
                        "serve",
                        "--data",
                        other.toString(),
                        "--port",
                        Integer.toString(server.port()));
        assertThat(second.exitCode()).as(second.err()).isEqualTo(UNAVAILABLE);
        assertThat(second.err()).contains(Integer.toString(server.port()));
    }

    @Test
    void refusesToLetStrangersIn(@TempDir Path other) throws Exception {
        Program.Result open =
                Program.run(
                        "serve", "--data", other.toString(), "--host", "0.0.0.0", "--port", "0");
        assertThat(open.exitCode()).as(open.err()).isEqualTo(2);
        assertThat(open.err()).contains("--token-file").contains("--insecure");
    }

    @Test
    void namesDamageAndKeepsTheLogShut(@TempDir Path other) throws Exception {
        try (ServerProcess first = ServerProcess.start(other, "--journal-file", "64k")) {
            try (HttpConnection connection = first.connect()) {
                connection.put("x", "hello", "Content-Type", "text/plain");
                connection.post("x", "world", "Content-Type", "text/plain");
            }
            assertThat(first.stop()).isZero();
        }
        Path journal = onlyJournalFile(other);
        byte[] before = Files.readAllBytes(journal);
        byte[] damaged = before.clone();
        int at = indexOf(damaged, "hello");
        damaged[at] ^= 1;
        Files.write(journal, damaged, StandardOpenOption.TRUNCATE_EXISTING);

        Program.Result serve = Program.run("serve", "--data", other.toString(), "--port", "0");
        assertThat(serve.exitCode()).as(serve.err()).isEqualTo(DAMAGED);
        assertThat(serve.err())
                .contains(journal.toString())
                .contains("position")
                .contains("expected")
                .contains("found");
        assertThat(Files.readAllBytes(journal)).as("nothing was changed").isEqualTo(damaged);
        Program.Result inspect = Program.run("inspect", "--json", journal.toString());
        assertThat(inspect.exitCode()).isEqualTo(DAMAGED);
        assertThat(JsonTree.parse(inspect.text())).isNotNull();
    }

    private static Path onlyJournalFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int indexOf(byte[] bytes, String text) {
        String all = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(all).contains(text);
        return all.indexOf(text);
    }

    @Test
    void inspectShowsEntries(@TempDir Path other) throws Exception {
        try (ServerProcess first = ServerProcess.start(other, "--journal-file", "64k")) {
            try (HttpConnection connection = first.connect()) {
                connection.put("some/path", "hello", "Content-Type", "text/plain");
                connection.delete("some/path");
            }
            assertThat(first.stop()).isZero();
        }
        Program.Result text = Program.run("inspect", other.toString());
        succeeds(text);
        assertThat(text.text()).contains("some/path").contains("created").contains("deleted");
        Program.Result json = Program.run("inspect", "--json", other.toString());
        succeeds(json);
        assertThat(JsonTree.parse(json.text())).isNotNull();
        assertThat(Program.run("inspect", other.resolve("none").toString()).exitCode())
                .isEqualTo(NOT_FOUND);
    }
}
