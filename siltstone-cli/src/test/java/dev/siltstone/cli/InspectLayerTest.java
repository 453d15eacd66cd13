package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class InspectLayerTest {
    @TempDir private Path directory;

    private Path store;
    private Path memory;

    @BeforeEach
    void push() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("file"), "content");
        store = directory.resolve("store");
        memory = directory.resolve("memory");
        CommandRun push =
                new CommandRun(
                        "layer",
                        "push",
                        tree.toString(),
                        "home",
                        "--to",
                        store.toString(),
                        "--memory",
                        memory.toString());
        assertThat(push.exitCode()).as(push.err()).isEqualTo(ExitCode.SUCCESS);
    }

    @Test
    void printsAStoreRecordsFirst() {
        CommandRun run = new CommandRun("inspect", store.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.SUCCESS);
        assertThat(run.out())
                .startsWith("record file " + store.resolve("log"))
                .contains("kind commit, name home, identity ")
                .contains("\npack file ")
                .contains("\n  frame filePosition 0, ")
                .contains(", entries 2, first ./, last file, ")
                .contains("\n  placement ");
    }

    @Test
    void printsAMemory() {
        CommandRun run = new CommandRun("inspect", "--json", memory.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.SUCCESS);
        assertThat(run.out())
                .contains("\"fact\":\"changes\"")
                .contains("\"path\":\"file\"")
                .contains("\"fact\":\"frames\"");
    }

    @Test
    void damageHasAnExitCode() throws IOException {
        Path record = store.resolve("log/00000000000000000001");
        byte[] bytes = Files.readAllBytes(record);
        bytes[bytes.length / 2] ^= 1;
        Files.write(record, bytes);

        CommandRun run = new CommandRun("inspect", record.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(run.out()).contains("DAMAGED file " + record).contains("checksum of the record");
    }
}
