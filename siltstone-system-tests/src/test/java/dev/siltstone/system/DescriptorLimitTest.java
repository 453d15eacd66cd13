package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// More connections than the process may have files: the log gets those that it needs all the same.
class DescriptorLimitTest {
    private static final int DESCRIPTORS = 400;

    @TempDir private Path data;

    @Test
    void keepsWritingWhileConnectionsTakeAllDescriptorsTheyMay() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c"));
        command.add("ulimit -n " + DESCRIPTORS + "; exec \"$@\"");
        command.add("sh");
        command.addAll(
                Program.command(
                        "serve",
                        "--data",
                        data.resolve("data").toString(),
                        "--port",
                        "0",
                        "--journal-file",
                        "1M",
                        "--max-body",
                        "64K"));
        Queue<Socket> silent = new ArrayDeque<>();
        var expected = new StringBuilder();
        try (ServerProcess server = ServerProcess.launch(command);
                HttpConnection good = server.connect()) {
            assertThat(good.put("x", "", "Content-Type", "text/plain").status()).isEqualTo(201);
            for (int i = 0; i < DESCRIPTORS + 100; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }
            // Enough for several journal files, each of which needs descriptors, and for segments.
            for (int i = 0; i < 100; i++) {
                String body = (i % 10 + "x").repeat(30_000);
                HttpConnection.Answer answer = good.post("x", body, "Content-Type", "text/plain");
                assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
                expected.append(body);
            }
            assertThat(Content.read(good, "x").text()).isEqualTo(expected.toString());
            assertThat(server.errors()).doesNotContain("Too many open files");
            while (!silent.isEmpty()) {
                silent.remove().close();
            }
            assertThat(statusOfANewConnection(server)).isEqualTo(200);
        }
    }

    /// The server may not have noticed yet that the others are gone.
    private static int statusOfANewConnection(ServerProcess server) throws Exception {
        while (true) {
            try (HttpConnection connection = server.connect()) {
                int status = connection.head("x").status();
                if (status != 503) {
                    return status;
                }
            } catch (SocketException | EOFException e) {
                // one too many to be told so
            }
        }
    }
}
