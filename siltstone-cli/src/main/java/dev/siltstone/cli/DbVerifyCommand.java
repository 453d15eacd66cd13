package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import dev.siltstone.sqlite.replica.SourceCheck;
import dev.siltstone.sqlite.replica.Verified;
import dev.siltstone.sqlite.replica.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone db verify DB URL`
@Command(
        name = "verify",
        description = {
            "Restores the newest state of a replica to a scratch file and compares each page with the"
                    + " live database at the same commit.",
            "The database may be written meanwhile; its WAL grows until this ends. A replica that is"
                    + " behind is waited for, so db replicate should be running, or nobody have written"
                    + " since it ended. Exits with 6 if they are not the same."
        })
final class DbVerifyCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "DB", description = "The database file.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Parameters(
            index = "1",
            paramLabel = "URL",
            converter = ReplicaUrl.Converter.class,
            description = "Its replica.")
    @SuppressWarnings("NullAway.Init")
    private ReplicaUrl url;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "Where to restore to (default: beside the database).")
    private @Nullable Path scratch;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description =
                    "How long to wait for a replica that is behind (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration wait;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    DbVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        Path database = DbCommand.real(file);
        SourceCheck.require(database);
        Path place = scratchFile(database);
        SqliteLibrary.prepare(console.environment());
        try (ReplicaRuntime runtime = DbCommand.runtime();
                Destination destination = Destination.openForReading(url.store(), runtime)) {
            Verified verified =
                    new Verify(destination.remote(), runtime)
                            .run(
                                    database,
                                    place,
                                    wait,
                                    new RestoreMeter(console, NanoClock.system()));
            print(database, verified);
            if (verified.same()) {
                return ExitCode.SUCCESS;
            }
            boolean replicating = ReplicatorLock.isHeld(runtime.disk(), database);
            throw new CommandFailure(ExitCode.DAMAGED, complaint(database, verified, replicating));
        }
    }

    private Path scratchFile(Path database) throws NotDirectoryException {
        String name = database.getFileName() + ".siltstone-verify";
        Path directory = scratch;
        if (directory == null) {
            return database.resolveSibling(name);
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        return directory.toAbsolutePath().resolve(name);
    }

    private String complaint(Path database, Verified verified, boolean replicating) {
        String pages =
                verified.differences() == 0
                        ? "the pages that have not changed since are the same"
                        : "%d pages differ, first of them %s"
                                .formatted(verified.differences(), verified.differing());
        String hint =
                replicating
                        ? "its replicator had %s to bring it up to date"
                                .formatted(Amount.time(wait))
                        : "no db replicate is running, so the database may simply be ahead";
        return "%s at transaction %s is not what %s was at any commit since this began: %s; %s"
                .formatted(url, verified.txid(), database, pages, hint);
    }

    private void print(Path database, Verified verified) throws IOException {
        Facts facts =
                new Facts()
                        .and("database", database.toString())
                        .and("url", url.text())
                        .and("same", verified.same())
                        .and("txid", verified.txid().toString())
                        .and("pages", verified.pages())
                        .and("pageSize", verified.pageSize())
                        .and("checksum", PageChecksum.text(verified.checksum()))
                        .and("differences", verified.differences())
                        .and("differing", verified.differing());
        if (json) {
            facts.printJson(console);
        } else if (verified.same()) {
            facts.printText(
                    console,
                    "%s is the same as %s at transaction %s: %d pages compared%n"
                            .formatted(database, url, verified.txid(), verified.pages()));
        }
    }
}
