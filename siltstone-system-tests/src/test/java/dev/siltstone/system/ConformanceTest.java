package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The official suite for servers against a process of ours: on a fresh data directory, with settling forced after
/// every 100 entries and the process killed and started again in the middle of the property tests, and again on the
/// same directory after it was killed once more, with everything settled after every five.
final class ConformanceTest {
    /// All of the suite's tests but the six about subscriptions.
    private static final long TESTS = 332;

    /// Much shorter than an operator would choose: some tests of the suite wait for it.
    private static final String LONG_POLL_TIMEOUT = "500ms";

    /// Requests of the property tests between two restarts.
    private static final int RESTART_EVERY =
            Integer.getInteger(
                    "siltstone.restart.every", Boolean.getBoolean("siltstone.long") ? 25 : 1000);

    @TempDir Path data;

    @Test
    void passesTheOfficialSuiteBeforeAndAfterBeingKilled() throws Exception {
        Path node = NodePackages.install();
        try (Restarts restarts = Restarts.of(port -> start(port, "--settle-entries", "100"))) {
            passesSuite(
                    node,
                    restarts.server().url(),
                    restarts::errors,
                    "fresh, restarted among the property tests",
                    Map.of(
                            "SILTSTONE_RESTART_URL", restarts.url(),
                            "SILTSTONE_RESTART_EVERY", Integer.toString(RESTART_EVERY)));
            assertThat(restarts.count()).as("restarts").isPositive();
            restarts.server().kill();
        }
        try (ServerProcess server = start(0, "--settle-entries", "5")) {
            passesSuite(node, server.url(), server::errors, "after kill -9", Map.of());
            assertThat(server.stop()).as("exit code after SIGTERM").isZero();
        }
        Program.Result verified = Program.run("verify", data.toString());
        assertThat(verified.exitCode()).as(verified.toString()).isZero();
    }

    private ServerProcess start(int port, String... flags) throws IOException {
        List<String> all = new ArrayList<>(List.of("--long-poll-timeout", LONG_POLL_TIMEOUT));
        all.addAll(List.of(flags));
        return ServerProcess.startAt(port, data, all.toArray(String[]::new));
    }

    private static void passesSuite(
            Path node,
            String url,
            Supplier<String> errors,
            String when,
            Map<String, String> variables)
            throws IOException, InterruptedException {
        Path report = Files.createTempFile("siltstone-suite", ".json").toAbsolutePath();
        Map<String, String> environment = new HashMap<>(variables);
        environment.putAll(Map.of("SILTSTONE_URL", url, "CI", "true"));
        Process vitest =
                NodePackages.node(
                        node,
                        environment,
                        "node_modules/vitest/vitest.mjs",
                        "run",
                        "--reporter=json",
                        "--outputFile=" + report);
        String said = new String(vitest.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        vitest.waitFor();
        assertThat(report).as("vitest's report; it said: " + said).isNotEmptyFile();
        Map<String, Object> suite = JsonTree.object(Files.readString(report));
        Files.delete(report);
        assertThat(failures(suite)).as("failed tests, " + when + "\n" + errors.get()).isEmpty();
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
