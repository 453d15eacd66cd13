package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real process whose disk gets full, or loses a file.
final class DiskTroubleTest {
    private static final String[] FLAGS = {"--journal-file", "1M", "--long-poll-timeout", "200ms"};
    private static final int APPENDS_MAX = 1_000;
    private static final int TRIES_MAX = 150;
    private static final String BODY = "x".repeat(50_000);

    @TempDir Path directory;

    /// Needs a small file system, and so the right to mount one; the simulated disk shows the same
    /// everywhere else.
    @Test
    void fullDiskStopsAppendsUntilThereIsRoom() throws Exception {
        Path mount = Files.createDirectories(directory.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=10m", "siltstone-test", mount.toString()),
                "may not mount a small file system here");
        try {
            Path filler = Files.write(mount.resolve("filler"), new byte[4 << 20]);
            Path data = mount.resolve("data");
            StringBuilder acknowledged = new StringBuilder();
            try (ServerProcess server = ServerProcess.start(data, FLAGS);
                    HttpConnection connection = server.connect()) {
                connection.put("x", "", "Content-Type", "text/plain");
                HttpConnection.Answer refused = appendUntilRefused(connection, acknowledged);
                assertThat(refused.status()).as(refused.toString()).isEqualTo(507);
                assertThat(refused.text()).contains("room");
                assertThat(Content.read(connection, "x").text()).isEqualTo(acknowledged.toString());
                assertThat(connection.head("x").status()).isEqualTo(200);

                Files.delete(filler);
                appendOnceThereIsRoom(connection, acknowledged);
                server.kill();
            }
            findsEverything(data, acknowledged.toString());
        } finally {
            run("umount", mount.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return Program.run(new ProcessBuilder(command), new byte[0]).exitCode() == 0;
    }

    private static HttpConnection.Answer append(HttpConnection connection, String body)
            throws IOException {
        return connection.post("x", body, "Content-Type", "text/plain");
    }

    private static HttpConnection.Answer appendUntilRefused(
            HttpConnection connection, StringBuilder acknowledged) throws IOException {
        for (int i = 0; i < APPENDS_MAX; i++) {
            String body = i + ":" + BODY + ";";
            HttpConnection.Answer answer = append(connection, body);
            if (answer.status() != 204) {
                return answer;
            }
            acknowledged.append(body);
        }
        throw new AssertionError("the disk never got full");
    }

    /// Tries again at the pace of empty long polls.
    private static void appendOnceThereIsRoom(HttpConnection connection, StringBuilder acknowledged)
            throws IOException {
        String tail = connection.head("x").nextOffset();
        for (int i = 0; i < TRIES_MAX; i++) {
            HttpConnection.Answer answer = append(connection, "after;");
            if (answer.status() == 204) {
                acknowledged.append("after;");
                return;
            }
            assertThat(answer.status()).as(answer.toString()).isEqualTo(507);
            connection.get("x?live=long-poll&offset=" + tail);
        }
        throw new AssertionError("appends did not go on after there was room");
    }

    private static void findsEverything(Path data, String acknowledged) throws IOException {
        try (ServerProcess server = ServerProcess.start(data, FLAGS);
                HttpConnection connection = server.connect()) {
            assertThat(Content.read(connection, "x").text()).isEqualTo(acknowledged);
            assertThat(append(connection, "again;").status()).isEqualTo(204);
        }
    }

    @Test
    void removedJournalFileStopsAppendsAndIsRescued() throws Exception {
        Path data = directory.resolve("data");
        StringBuilder acknowledged = new StringBuilder("begin;");
        try (ServerProcess server = ServerProcess.start(data, FLAGS);
                HttpConnection connection = server.connect()) {
            connection.put("x", "begin;", "Content-Type", "text/plain");
            for (int i = 0; i < 30; i++) {
                String body = i + ":" + BODY + ";";
                assertThat(append(connection, body).status()).isEqualTo(204);
                acknowledged.append(body);
            }
            Path removed = newestJournalFile(data);
            Files.delete(removed);

            HttpConnection.Answer refused = append(connection, "lost;");
            assertThat(refused.status()).as(refused.toString()).isEqualTo(503);
            assertThat(refused.text()).contains(removed.getFileName().toString());
            assertThat(append(connection, "lost;").status()).isEqualTo(503);
            assertThat(Content.read(connection, "x").text()).isEqualTo(acknowledged.toString());
            server.stop();
        }
        findsEverything(data, acknowledged.toString());
    }

    private static Path newestJournalFile(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }
}
