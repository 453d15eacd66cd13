package dev.siltstone.cli;

import java.util.List;
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

    /// @param words of the command line behind its name
    static CommandLine commandLine(Console console, List<String> words) {
        return new Subcommands()
                .with("create", (made, rest) -> new CreateCommand(made))
                .with("append", (made, rest) -> new AppendCommand(made))
                .with("cat", (made, rest) -> new CatCommand(made))
                .with("tail", (made, rest) -> new TailCommand(made))
                .with("head", (made, rest) -> new HeadCommand(made))
                .with("close", (made, rest) -> new CloseCommand(made))
                .with("ls", (made, rest) -> new ListCommand(made))
                .with("rm", (made, rest) -> new RemoveCommand(made))
                .with("fork", (made, rest) -> new ForkCommand(made))
                .addTo(new CommandLine(new StreamCommand()), console, words);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
