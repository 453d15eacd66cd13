package dev.siltstone.cli;

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

    static CommandLine commandLine(Console console) {
        return new CommandLine(new LayerCommand())
                .addSubcommand(new LayerPushCommand(console))
                .addSubcommand(new LayerPullCommand(console))
                .addSubcommand(new LayerListCommand(console))
                .addSubcommand(new LayerRemoveCommand(console))
                .addSubcommand(new LayerGcCommand(console))
                .addSubcommand(new LayerDiffCommand(console))
                .addSubcommand(new LayerVerifyCommand(console))
                .addSubcommand(new LayerCatCommand(console))
                .addSubcommand(new LayerExportCommand(console))
                .addSubcommand(new LayerImportCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
