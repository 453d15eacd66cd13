package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class LayerCommandsTest {
    @TempDir Path directory;
    private Path tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(directory.resolve("tree"));
        Files.createDirectory(tree.resolve("d"));
        Files.writeString(tree.resolve("d/file"), "hello");
    }

    /// Runs `siltstone layer` on the store of this test.
    private CommandRun run(int code, String... arguments) {
        List<String> all = new ArrayList<>(List.of("layer"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--store", directory.resolve("store").toString()));
        CommandRun run = new CommandRun(all.toArray(String[]::new));
        assertThat(run.exitCode()).as("%s: %s", all, run.err()).isEqualTo(code);
        return run;
    }

    private CommandRun push(String name) {
        String memory = directory.resolve("memory").toString();
        return run(ExitCode.SUCCESS, "push", tree.toString(), name, "--memory", memory);
    }

    private Path copy() {
        return directory.resolve("copy");
    }

    @Test
    void pushesAndPulls() throws IOException {
        assertThat(push("a").out()).startsWith("pushed a as ").contains("3 entries");
        assertThat(push("a").out()).startsWith("unchanged a as ");

        assertThat(run(ExitCode.SUCCESS, "pull", "a", copy().toString()).out())
                .startsWith("pulled a to ");

        assertThat(copy().resolve("d/file")).hasContent("hello");
        run(ExitCode.CONFLICT, "pull", "a", copy().toString());
        run(ExitCode.SUCCESS, "pull", "a", copy().toString(), "--replace");
        run(ExitCode.NOT_FOUND, "pull", "none", directory.resolve("other").toString());
    }

    @Test
    void listsComparesPrintsRemovesAndCollects() throws IOException {
        push("a");
        Files.writeString(tree.resolve("d/file"), "changed");
        Files.writeString(tree.resolve("new"), "new");
        push("b");

        assertThat(run(ExitCode.SUCCESS, "ls").out().lines()).hasSize(2);
        assertThat(run(ExitCode.SUCCESS, "ls", "--json").out()).contains("\"name\":\"a\"");
        assertThat(run(ExitCode.SUCCESS, "diff", "a", "b").out()).contains("C d/file", "A new");
        assertThat(run(ExitCode.SUCCESS, "cat", "b", "d/file").out()).isEqualTo("changed");
        run(ExitCode.NOT_FOUND, "cat", "b", "none");
        run(ExitCode.SUCCESS, "rm", "a");
        run(ExitCode.NOT_FOUND, "rm", "a");
        run(ExitCode.SUCCESS, "gc", "--grace", "0s");
        assertThat(run(ExitCode.SUCCESS, "gc", "--grace", "0s", "--json").out())
                .contains("\"waiting\":0");
        assertThat(run(ExitCode.SUCCESS, "verify", "--json").out()).contains("\"findings\":[]");
    }

    @Test
    void aFlippedBitIsNamedAndNeverReachesATree() throws IOException {
        push("a");
        for (Path file : files("store")) {
            byte[] bytes = Files.readAllBytes(file);
            for (int at : new int[] {bytes.length / 3, bytes.length - 40}) {
                bytes[at] ^= 4;
                Files.write(file, bytes);
                String name = file.getFileName().toString();

                CommandRun verify = run(ExitCode.DAMAGED, "verify");
                assertThat(verify.err()).contains(name);
                CommandRun pull =
                        new CommandRun(
                                "layer",
                                "pull",
                                "a",
                                copy().toString(),
                                "--from",
                                directory.resolve("store").toString());
                assertThat(pull.exitCode()).isIn(ExitCode.SUCCESS, ExitCode.DAMAGED);
                if (pull.exitCode() == ExitCode.SUCCESS) { // the index of a pack: no pull reads it
                    assertThat(copy().resolve("d/file")).hasContent("hello");
                    Files.delete(copy().resolve("d/file"));
                    Files.delete(copy().resolve("d"));
                    Files.delete(copy());
                }
                assertThat(copy()).doesNotExist();
                bytes[at] ^= 4;
                Files.write(file, bytes);
            }
        }
        run(ExitCode.SUCCESS, "verify");
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> walk = Files.walk(directory.resolve(name))) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void importsWhatItExportedAndWhatZlayerLeft() throws IOException {
        push("a");
        Path file = directory.resolve("layer.tar.zst");
        CommandRun export =
                run(ExitCode.SUCCESS, "export", "a", file.toString(), "--oci", "--json");
        run(ExitCode.CONFLICT, "export", "a", file.toString());
        String digest =
                export.out().replaceAll("(?s).*\"diffId\":\"sha256:([0-9a-f]{64})\".*", "$1");
        run(ExitCode.SUCCESS, "import", file.toString(), "b");
        assertThat(run(ExitCode.SUCCESS, "diff", "a", "b").out()).isEmpty();

        Path zlayer = Files.createDirectory(directory.resolve("zlayer"));
        Files.copy(file, zlayer.resolve(digest + ".tar.zst"));
        Path meta = zlayer.resolve(digest + ".meta.json");
        Files.writeString(meta, "{\"digest\":\"%s\"}".formatted(digest), UTF_8);
        String url = zlayer.resolve(digest).toString();
        run(ExitCode.SUCCESS, "import", url, "c");
        assertThat(run(ExitCode.SUCCESS, "cat", "c", "d/file").out()).isEqualTo("hello");

        Files.writeString(meta, "{\"digest\":\"%s\"}".formatted("0".repeat(64)), UTF_8);
        assertThat(run(ExitCode.DAMAGED, "import", url, "d").err()).contains("meta.json");
        Path wrong = zlayer.resolve("0".repeat(64));
        Files.copy(file, Path.of(wrong + ".tar.zst"));
        assertThat(run(ExitCode.DAMAGED, "import", wrong.toString(), "d").err())
                .contains("SHA-256");
        run(ExitCode.NOT_FOUND, "import", directory.resolve("none.tar").toString(), "d");
        assertThat(run(ExitCode.SUCCESS, "ls").out().lines()).hasSize(3);
    }
}
