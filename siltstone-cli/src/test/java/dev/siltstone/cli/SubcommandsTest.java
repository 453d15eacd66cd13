package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SubcommandsTest {
    private final Console console =
            new Console(
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    new PrintStream(OutputStream.nullOutputStream()),
                    Map.of(),
                    nanos -> {});

    @Test
    void makesOnlyTheCommandThatIsNamedAndThatOneWhole() {
        check(Siltstone.commandLine(console), new ArrayList<>());
    }

    private void check(CommandLine whole, List<String> words) {
        for (Map.Entry<String, CommandLine> each : whole.getSubcommands().entrySet()) {
            words.add(each.getKey());
            CommandLine made = Siltstone.commandLine(console, words.toArray(new String[0]));
            for (String word : words) {
                assertThat(made.getSubcommands()).as("%s", words).containsOnlyKeys(word);
                made = made.getSubcommands().get(word);
            }
            assertThat(made.getUsageMessage())
                    .as("%s", words)
                    .isEqualTo(each.getValue().getUsageMessage());
            check(each.getValue(), words);
            words.removeLast();
        }
    }

    @Test
    void makesAllWhereNoneOrNoSuchIsNamed() {
        for (String[] words : new String[][] {{}, {"-v", "layer"}, {"lair"}, {"--help"}}) {
            assertThat(Siltstone.commandLine(console, words).getSubcommands())
                    .containsKeys("serve", "layer", "db", "version");
        }
        assertThat(
                        Siltstone.commandLine(console, "layer", "--help")
                                .getSubcommands()
                                .get("layer")
                                .getSubcommands())
                .containsKeys("push", "pull", "gc");
    }
}
