package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `siltstone bench`: the group of subcommands that put a load on a server.
@Command(
        name = "bench",
        description = {
            "Puts a load on any Durable Streams server, measures it, and checks that what is read is"
                    + " what was acknowledged.",
            "Streams are made anew for each run and removed after it."
        })
final class BenchCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private BenchCommand() {}

    /// @param words of the command line behind its name
    static CommandLine commandLine(Console console, List<String> words) {
        return new Subcommands()
                .with("append", (made, rest) -> new BenchAppendCommand(made))
                .with("read", (made, rest) -> new BenchReadCommand(made))
                .with("tail", (made, rest) -> new BenchTailCommand(made))
                .with("fanout", (made, rest) -> new BenchFanoutCommand(made))
                .with("mixed", (made, rest) -> new BenchMixedCommand(made))
                .addTo(new CommandLine(new BenchCommand()), console, words);
    }

    /// Returns the clock that all is measured by.
    static NanoClock clock() {
        return NanoClock.system();
    }

    /// Returns a name that no other run has.
    static String runName() {
        return Long.toUnsignedString(new SplittableRandom().nextLong(), Character.MAX_RADIX);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
