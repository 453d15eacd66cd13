package dev.siltstone.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `siltstone layer`: the group of subcommands for directory trees.
@Command(
        name = "layer",
        description = {
            "Keeps directory trees in an object store: only what is new is sent.",
            "A store is named by a path, file:///path, or"
                    + " s3://bucket/path?endpoint=URL&region=NAME&path-style=true; credentials come"
                    + " from the usual AWS chain."
        })
final class LayerCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private LayerCommand() {}

    /// @param words of the command line behind its name
    static CommandLine commandLine(Console console, List<String> words) {
        return new Subcommands()
                .with("push", (made, rest) -> new LayerPushCommand(made))
                .with("pull", (made, rest) -> new LayerPullCommand(made))
                .with("ls", (made, rest) -> new LayerListCommand(made))
                .with("rm", (made, rest) -> new LayerRemoveCommand(made))
                .with("gc", (made, rest) -> new LayerGcCommand(made))
                .with("diff", (made, rest) -> new LayerDiffCommand(made))
                .with("verify", (made, rest) -> new LayerVerifyCommand(made))
                .with("cat", (made, rest) -> new LayerCatCommand(made))
                .with("export", (made, rest) -> new LayerExportCommand(made))
                .with("import", (made, rest) -> new LayerImportCommand(made))
                .addTo(new CommandLine(new LayerCommand()), console, words);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
