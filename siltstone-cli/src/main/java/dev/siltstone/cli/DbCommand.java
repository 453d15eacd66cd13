package dev.siltstone.cli;

import dev.siltstone.sqlite.replica.ReplicaRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    static CommandLine commandLine(Console console) {
        return new CommandLine(new DbCommand())
                .addSubcommand(new DbReplicateCommand(console))
                .addSubcommand(new DbRestoreCommand(console))
                .addSubcommand(new DbStatusCommand(console))
                .addSubcommand(new DbListCommand(console))
                .addSubcommand(new DbVerifyCommand(console));
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
