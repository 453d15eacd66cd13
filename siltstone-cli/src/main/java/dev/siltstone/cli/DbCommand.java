package dev.siltstone.cli;

import dev.siltstone.sqlite.replica.ReplicaRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `siltstone db`: the group of subcommands for SQLite databases.
@Command(
        name = "db",
        description = {
            "Replicates and restores SQLite databases, in Litestream's own formats.",
            "A replica is named by a path, file:///path, or"
                    + " s3://bucket/path?endpoint=URL&region=NAME&path-style=true; credentials come"
                    + " from the usual AWS chain."
        })
final class DbCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private DbCommand() {}

    /// @param words of the command line behind its name
    static CommandLine commandLine(Console console, List<String> words) {
        return new Subcommands()
                .with("replicate", (made, rest) -> new DbReplicateCommand(made))
                .with("restore", (made, rest) -> new DbRestoreCommand(made))
                .with("status", (made, rest) -> new DbStatusCommand(made))
                .with("ls", (made, rest) -> new DbListCommand(made))
                .with("verify", (made, rest) -> new DbVerifyCommand(made))
                .addTo(new CommandLine(new DbCommand()), console, words);
    }

    /// Returns what replicas need of this machine.
    static ReplicaRuntime runtime() {
        return ReplicaRuntime.system(new SplittableRandom());
    }

    /// Returns where a database really is: SQLite keeps its WAL beside the file that links lead to.
    static Path real(Path database) throws IOException {
        return Files.exists(database)
                ? database.toRealPath()
                : database.toAbsolutePath().normalize();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
