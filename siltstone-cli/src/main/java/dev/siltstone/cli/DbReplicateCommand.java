package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.LevelSettings;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import dev.siltstone.sqlite.replica.ReplicaSettings;
import dev.siltstone.sqlite.replica.SourceCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `siltstone db replicate DB URL [DB URL …]`
///
/// Runs until the process is asked to end (SIGTERM, SIGINT); then it replicates what is left and exits with 0.
@Command(
        name = "replicate",
        description = {
            "Replicates databases while others write them, until it gets SIGTERM or SIGINT.",
            "Prints a line for each database once it follows it. A database that is not there is"
                    + " restored from its replica, or waited for if there is none."
        })
final class DbReplicateCommand implements Callable<Integer> {
    private static final long FIRST_LOOKS_MILLIS = 50;
    private static final long LOOKS_MILLIS = 500;
    private static final Duration LEAVE_MAX = Duration.ofSeconds(40);

    private final Console console;

    @Parameters(
            paramLabel = "DB URL",
            arity = "2..*",
            description = "Pairs of a database file and the place of its replica.")
    @SuppressWarnings("NullAway.Init")
    private List<String> pairs;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "1s",
            description =
                    "How often what was committed becomes a transaction of the replica (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration interval;

    @Option(
            names = "--once",
            description = "Replicate what is committed now, wait until it is uploaded, and end.")
    private boolean once;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description =
                    "With --once: how long what is in the way is waited for (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration patience;

    @Option(
            names = "--levels",
            paramLabel = "TIME",
            split = ",",
            converter = DurationConverter.class,
            defaultValue = "30s,5m,1h",
            description =
                    "How often the files of each level are merged into the next, for up to 8 levels"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private List<Duration> levelIntervals;

    @Option(
            names = "--level0-retention",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "5m",
            description =
                    "How long each transaction can be restored by itself; after that merged ones"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration level0Retention;

    @Option(
            names = "--backlog",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "1G",
            description =
                    "While the store is away: from how many bytes on the WAL is left to grow"
                            + " instead (default: ${DEFAULT-VALUE}).")
    private long backlogBytesMax;

    @Option(
            names = "--take-over",
            description =
                    "If another machine has gone on with the replica: go on with the state of this"
                            + " database, behind what that one wrote.")
    private boolean takesOver;

    @Option(names = "--json", description = "With --once: print a JSON array of objects.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final List<ReplicatedDatabase> begun = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean stopping;

    DbReplicateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        Map<Path, ReplicaUrl> urls = urls();
        for (Path database : urls.keySet()) {
            if (Files.exists(database)) {
                SourceCheck.require(database);
            }
        }
        SqliteLibrary.prepare(console.environment());
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
        ReplicaSettings settings = settings();
        ReplicaRuntime runtime = DbCommand.runtime(); // never closed: the process ends
        try {
            int exitCode = begin(runtime, urls, settings);
            if (begun.isEmpty()) {
                return exitCode;
            }
            return once ? Math.max(exitCode, once()) : follow();
        } finally {
            waitIfStopping();
            ended.set(true);
        }
    }

    private Map<Path, ReplicaUrl> urls() throws IOException {
        if (pairs.size() % 2 != 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the URL of the replica of %s is missing".formatted(pairs.getLast()));
        }
        Map<Path, ReplicaUrl> urls = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            Path database = DbCommand.real(Path.of(pairs.get(i)));
            if (urls.put(database, url(pairs.get(i + 1))) != null) {
                throw new ParameterException(
                        spec.commandLine(), database + " is given twice; it can have one replica");
            }
        }
        if (urls.values().stream().map(ReplicaUrl::text).distinct().count() < urls.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "two databases have the same URL; each needs a place of its own");
        }
        return urls;
    }

    private ReplicaUrl url(String text) {
        try {
            return new ReplicaUrl.Converter().convert(text);
        } catch (TypeConversionException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private ReplicaSettings settings() {
        try {
            LevelSettings levels = LevelSettings.DEFAULT;
            return ReplicaSettings.DEFAULT
                    .withSyncInterval(interval)
                    .withBacklogBytesMax(backlogBytesMax)
                    .withLevels(
                            new LevelSettings(
                                    levelIntervals,
                                    level0Retention,
                                    levels.snapshotInterval(),
                                    levels.snapshotRetention(),
                                    levels.inputsMax()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// @return the exit code of those that cannot be replicated
    private int begin(ReplicaRuntime runtime, Map<Path, ReplicaUrl> urls, ReplicaSettings settings)
            throws IOException, CommandFailure, InterruptedException {
        int exitCode = ExitCode.SUCCESS;
        for (Map.Entry<Path, ReplicaUrl> pair : urls.entrySet()) {
            try {
                begun.add(
                        ReplicatedDatabase.begin(
                                console,
                                runtime,
                                pair.getKey(),
                                pair.getValue(),
                                settings,
                                !once,
                                takesOver));
            } catch (IOException | CommandFailure e) {
                if (urls.size() == 1) {
                    throw e;
                }
                console.say(pair.getKey() + ": " + FailureReport.message(e));
                exitCode =
                        e instanceof CommandFailure known
                                ? known.exitCode()
                                : FailureReport.codeOf(e);
            }
        }
        return exitCode;
    }

    /// Looks at all of them until none is left.
    ///
    /// @return the exit code of the last that stopped
    private int follow() throws IOException, InterruptedException {
        List<ReplicatedDatabase> left = new ArrayList<>(begun);
        int exitCode = ExitCode.FAILURE;
        while (!left.isEmpty()) {
            waitIfStopping();
            for (ReplicatedDatabase each : List.copyOf(left)) {
                print(each.look());
                if (each.isStopped() && !stopping) {
                    console.say(each.database() + ": its replication ended");
                    exitCode = each.exitCode();
                    left.remove(each);
                }
            }
            boolean following = left.stream().allMatch(ReplicatedDatabase::hasFollowed);
            console.pause().millis(following ? LOOKS_MILLIS : FIRST_LOOKS_MILLIS);
        }
        return exitCode;
    }

    private int once() throws IOException, InterruptedException {
        List<String> objects = new ArrayList<>();
        int exitCode = ExitCode.SUCCESS;
        for (ReplicatedDatabase each : begun) {
            try {
                Txid txid = each.once(patience);
                objects.add(
                        Json.write(
                                Map.of(
                                        "database",
                                        each.database().toString(),
                                        "txid",
                                        txid.toString())));
                print(json ? null : each.database() + ": uploaded up to transaction " + txid);
            } catch (CommandFailure e) {
                console.say(FailureReport.message(e));
                exitCode = e.exitCode();
            }
        }
        print(json ? "[" + String.join(",\n", objects) + "]" : null);
        if (exitCode == ExitCode.SUCCESS) {
            leaveAll();
        }
        return exitCode;
    }

    private void print(@Nullable String line) throws IOException {
        if (line != null) {
            console.out().write((line + "\n").getBytes(UTF_8));
            console.out().flush();
        }
    }

    /// The signal's own thread ends the process.
    private void waitIfStopping() throws InterruptedException {
        if (stopping) {
            new CountDownLatch(1).await();
        }
    }

    /// Ends the process as if it had ended by itself: the exit code is ours, not that of the signal.
    private void end() {
        if (ended.get()) {
            return;
        }
        stopping = true;
        try {
            leaveAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(ExitCode.SUCCESS);
        }
    }

    /// All at once, and bounded: whatever one waits for, the process ends.
    private void leaveAll() throws InterruptedException {
        List<Thread> leaving = new ArrayList<>();
        for (ReplicatedDatabase each : begun) {
            leaving.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    each.leave();
                                } catch (IOException e) {
                                    console.say(FailureReport.message(e));
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            }));
        }
        Duration left = LEAVE_MAX;
        for (Thread each : leaving) {
            if (!each.join(left)) {
                console.say("not all replications ended within " + Amount.time(LEAVE_MAX));
                left = Duration.ofMillis(1);
            }
        }
    }
}
