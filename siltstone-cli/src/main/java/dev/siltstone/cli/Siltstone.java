package dev.siltstone.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The program itself; does nothing without a subcommand.
@Command(
        name = "siltstone",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Keeps append-only data durable.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failure without a code of its own",
            "2:wrong command line",
            "3:no such stream, file or state, or it is gone",
            "4:conflict: closed, other content type or configuration, sequence; another writer",
            "5:server or store unreachable, out of room or overloaded; address not usable",
            "6:damaged data",
            "7:data directory or database in use by another process",
            "8:token or credentials missing or refused",
        })
final class Siltstone implements Runnable {
    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more, with stack traces.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Siltstone() {}

    /// Returns the command line, ready to run these words; with none, all of it.
    static CommandLine commandLine(Console console, String... words) {
        Siltstone root = new Siltstone();
        FailureReport report = new FailureReport(console, () -> root.verbose);
        return new Subcommands()
                .with("serve", (made, rest) -> new ServeCommand(made))
                .with("stream", StreamCommand::commandLine)
                .with("db", DbCommand::commandLine)
                .with("bench", BenchCommand::commandLine)
                .with("layer", LayerCommand::commandLine)
                .with("inspect", (made, rest) -> new InspectCommand(made))
                .with("verify", (made, rest) -> new VerifyCommand(made))
                .with("version", (made, rest) -> new VersionCommand(made))
                .addTo(new CommandLine(root), console, List.of(words))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(report)
                .setParameterExceptionHandler(report);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
