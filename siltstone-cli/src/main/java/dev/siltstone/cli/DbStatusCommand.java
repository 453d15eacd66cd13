package dev.siltstone.cli;

import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.DestinationFile;
import dev.siltstone.sqlite.replica.LocalState;
import dev.siltstone.sqlite.replica.MetaDirectory;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import dev.siltstone.sqlite.replica.SourceCheck;
import dev.siltstone.sqlite.replica.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone db status DB|URL`
///
/// Asks the store, never the replicator: what it says is so, not what was hoped.
@Command(
        name = "status",
        description = {
            "Says how a replica stands, or how far the replication of a database is.",
            "Reads only. Of a database it tells what is durable on this machine and what the"
                    + " destination has that db replicate last replicated to."
        })
final class DbStatusCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "DB|URL", description = "A database file, or a replica.")
    @SuppressWarnings("NullAway.Init")
    private String argument;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    DbStatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        try (ReplicaRuntime runtime = DbCommand.runtime()) {
            if (!argument.contains("://")) {
                Path path = DbCommand.real(Path.of(argument));
                if (Files.isRegularFile(path) || Files.isDirectory(MetaDirectory.of(path).root())) {
                    return database(runtime, path);
                }
                if (!Files.exists(path)) {
                    throw new NoSuchFileException(argument);
                }
            }
            return replica(runtime);
        }
    }

    private int replica(ReplicaRuntime runtime) throws IOException, CommandFailure {
        ReplicaUrl url;
        try {
            url = ReplicaUrl.of(argument);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
        try (Destination destination = Destination.openForReading(url.store(), runtime)) {
            ReplicaFacts replica = ReplicaFacts.of(destination.remote());
            ForeignNames.warn(console, destination.remote());
            if (replica.isEmpty()) {
                throw new CommandFailure(ExitCode.NOT_FOUND, url + ": there is no replica");
            }
            Facts facts = new Facts().and("url", url.toString()).and(replica.facts());
            if (json) {
                facts.and("levels", replica.levels()).printJson(console);
            } else {
                facts.printText(console, facts.lines() + replica.levelLines());
            }
        }
        return ExitCode.SUCCESS;
    }

    private int database(ReplicaRuntime runtime, Path database) throws IOException {
        MetaDirectory meta = MetaDirectory.of(database);
        LocalState local = LocalState.of(runtime.disk(), database);
        List<String> urls = DestinationFile.read(runtime.disk(), meta);
        List<DestinationFacts> destinations = new ArrayList<>();
        for (String url : urls) {
            destinations.add(DestinationFacts.of(url, local, runtime));
        }
        Facts facts =
                new Facts()
                        .and("database", database.toString())
                        .and("exists", Files.isRegularFile(database))
                        .and("replicating", ReplicatorLock.isHeld(runtime.disk(), database))
                        .and("localTxid", local.newest().toString())
                        .and("walBytes", local.walBytes());
        String problem = problem(database);
        if (problem != null) {
            facts.and("problem", problem);
        }
        print(facts, destinations);
        if (urls.isEmpty()) {
            console.say(
                    database
                            + ": nobody wrote down where it is replicated to; give the replica's URL to see it");
        }
        int exitCode = ExitCode.SUCCESS;
        if (problem != null) {
            console.say(problem);
            exitCode = ExitCode.FAILURE;
        }
        for (DestinationFacts destination : destinations) {
            IOException failure = destination.failure();
            if (failure != null) {
                console.say(destination.url() + ": " + FailureReport.message(failure));
                exitCode = FailureReport.codeOf(failure);
            }
        }
        return exitCode;
    }

    /// Says what keeps the file from being replicated, as far as its first bytes tell.
    private static @Nullable String problem(Path database) throws IOException {
        if (!Files.isReadable(database)) {
            return null; // it is not there, or not for this user to know
        }
        try {
            SourceCheck.requireWalMode(database);
            return null;
        } catch (SourceException e) {
            return e.getMessage();
        }
    }

    private void print(Facts facts, List<DestinationFacts> destinations) throws IOException {
        if (json) {
            List<Map<String, @Nullable Object>> all =
                    destinations.stream().map(DestinationFacts::facts).toList();
            facts.and("destinations", all).printJson(console);
        } else {
            StringBuilder text = new StringBuilder(facts.lines());
            for (DestinationFacts destination : destinations) {
                text.append(new Facts().and(destination.facts()).lines());
            }
            facts.printText(console, text.toString());
        }
    }
}
