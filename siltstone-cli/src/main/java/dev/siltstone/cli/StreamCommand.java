package dev.siltstone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `siltstone stream`: the group of subcommands that talk to a server.
@Command(
        name = "stream",
        description = {
            "Creates, writes and reads streams of any Durable Streams server.",
            "A stream is named by its full URL, as in http://127.0.0.1:4437/v1/stream/orders."
        })
final class StreamCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private StreamCommand() {}

    static CommandLine commandLine(Console console) {
        return new CommandLine(new StreamCommand())
                .addSubcommand(new CreateCommand(console))
                .addSubcommand(new AppendCommand(console))
                .addSubcommand(new CatCommand(console))
                .addSubcommand(new TailCommand(console))
                .addSubcommand(new HeadCommand(console))
                .addSubcommand(new CloseCommand(console))
                .addSubcommand(new ListCommand(console))
                .addSubcommand(new RemoveCommand(console))
                .addSubcommand(new ForkCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
