package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The official suite for servers against a process of ours: on a fresh data directory, and again on the
/// same one after the process was killed, with everything settled as soon as it is durable.
final class ConformanceTest {
    /// All of the suite's tests but the six about subscriptions.
    private static final long TESTS = 332;

    /// Much shorter than an operator would choose: some tests of the suite wait for it.
    private static final String LONG_POLL_TIMEOUT = "500ms";

    @TempDir Path data;

    @Test
    void passesTheOfficialSuiteBeforeAndAfterBeingKilled() throws Exception {
        Path node = NodePackages.install();
        int port;
        try (ServerProcess server = start(0, "60s")) {
            port = server.port();
            passesSuite(node, server, "fresh");
            server.kill();
        }
        try (ServerProcess server = start(port, "5ms")) {
            passesSuite(node, server, "after kill -9");
            assertThat(server.stop()).as("exit code after SIGTERM").isZero();
        }
        Program.Result verified = Program.run("verify", data.toString());
        assertThat(verified.exitCode()).as(verified.toString()).isZero();
    }

    private ServerProcess start(int port, String settleInterval) throws IOException {
        return ServerProcess.startAt(
                port,
                data,
                "--long-poll-timeout",
                LONG_POLL_TIMEOUT,
                "--settle-interval",
                settleInterval);
    }

    private static void passesSuite(Path node, ServerProcess server, String when)
            throws IOException, InterruptedException {
        Path report = Files.createTempFile("siltstone-suite", ".json").toAbsolutePath();
        Process vitest =
                NodePackages.node(
                        node,
                        Map.of("SILTSTONE_URL", server.url(), "CI", "true"),
                        "node_modules/vitest/vitest.mjs",
                        "run",
                        "--reporter=json",
                        "--outputFile=" + report);
        String said = new String(vitest.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        vitest.waitFor();
        assertThat(report).as("vitest's report; it said: " + said).isNotEmptyFile();
        Map<String, Object> suite = JsonTree.object(Files.readString(report));
        Files.delete(report);
        assertThat(failures(suite)).as("failed tests, " + when + "\n" + server.errors()).isEmpty();
        assertThat(suite.get("numPassedTests")).as("passed tests, " + when).isEqualTo(TESTS);
    }

    private static List<String> failures(Map<String, Object> suite) {
        List<String> failures = new ArrayList<>();
        for (Object file : (List<?>) suite.get("testResults")) {
            for (Object test : (List<?>) ((Map<?, ?>) file).get("assertionResults")) {
                Map<?, ?> result = (Map<?, ?>) test;
                if ("failed".equals(result.get("status"))) {
                    failures.add(result.get("fullName") + ": " + result.get("failureMessages"));
                }
            }
        }
        return failures;
    }
}
