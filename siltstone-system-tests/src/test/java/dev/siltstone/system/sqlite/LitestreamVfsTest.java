package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The VFS reads what Litestream wrote: so when it does not read a replica of ours, the fault is ours.
final class LitestreamVfsTest {
    private static final Path GOLDEN =
            Path.of("..", "siltstone-sqlite", "src", "test", "resources", "golden")
                    .toAbsolutePath()
                    .normalize();

    private LitestreamVfs vfs;

    @BeforeEach
    void needsTheShellAndTheExtension() throws Exception {
        assumeThat(SqlProcess.hasShell())
                .as("the sqlite3 shell is missing (Debian, Ubuntu: apt-get install sqlite3)")
                .isTrue();
        Optional<LitestreamVfs> installed = LitestreamVfs.install();
        assumeThat(installed).as("npm has no Litestream VFS for this machine").isPresent();
        vfs = installed.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "litestream-0.5.15/file-512",
                "litestream-0.5.15/file-4096",
                "litestream-0.5.18/file-512",
                "litestream-0.5.18/file-4096"
            })
    void readsGoldenReplicas(String name) throws Exception {
        Path replica = GOLDEN.resolve(name);
        String[] newest = Files.readAllLines(replica.resolve("expected.tsv")).getLast().split("\t");

        List<String> lines =
                vfs.query(
                        "file://" + replica,
                        Map.of(),
                        "PRAGMA litestream_txid;",
                        "SELECT n, " + ContentHash.SHELL_EXPRESSION + " FROM progress;",
                        "PRAGMA integrity_check;");

        assertThat(lines).containsExactly(newest[0], newest[1] + "|" + newest[3], "ok");
    }

    @Test
    void refusesWhatIsNoReplica() {
        assertThatThrownBy(() -> vfs.query("nowhere://x", Map.of(), "SELECT 1;"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nowhere");
    }
}
