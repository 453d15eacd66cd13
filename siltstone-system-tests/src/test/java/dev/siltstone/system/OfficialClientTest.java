package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The official client from Node, before, during and after `kill -9` of its server: the application gets
/// every message exactly once and in order, on each of its tails, and is told of no error.
final class OfficialClientTest {
    private static final int MESSAGES = 600;
    private static final int PACE_MILLIS = 10;
    private static final List<String> KILL_AT =
            List.of("written 100", "written 300", "written 500");

    @TempDir Path data;

    @Test
    void applicationOfTheOfficialClientLivesThroughKills() throws Exception {
        Path node = NodePackages.install();
        ServerProcess server = start(0);
        try {
            Process application =
                    NodePackages.node(
                            node,
                            Map.of(
                                    "SILTSTONE_URL", server.url(),
                                    "SILTSTONE_MESSAGES", Integer.toString(MESSAGES),
                                    "SILTSTONE_PACE_MILLIS", Integer.toString(PACE_MILLIS)),
                            "official-client.mjs");
            String last = "";
            BufferedReader said = application.inputReader();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                last = line;
                if (KILL_AT.contains(line)) {
                    server.close();
                    server = start(server.port());
                }
            }
            assertThat(application.waitFor()).as("exit code; it said: %s", last).isZero();
            check(JsonTree.object(last));
        } finally {
            server.close();
        }
    }

    private ServerProcess start(int port) throws IOException {
        return ServerProcess.startAt(port, data, "--long-poll-timeout", "2s");
    }

    private static void check(Map<String, Object> result) {
        assertThat((List<?>) result.get("errors")).as("errors that the application saw").isEmpty();
        assertThat(result.get("producerEpoch")).isEqualTo(0L);
        List<Long> numbers = LongStream.rangeClosed(0, MESSAGES).boxed().toList();
        assertThat(result.get("eventsBySse")).isEqualTo(numbers);
        assertThat(result.get("eventsByLongPoll")).isEqualTo(numbers);
        String lines =
                IntStream.range(0, MESSAGES)
                        .mapToObj(number -> number + ";")
                        .collect(Collectors.joining());
        assertThat(result.get("linesBySse")).isEqualTo(lines);
        assertThat(result.get("linesByLongPoll")).isEqualTo(lines);
    }
}
