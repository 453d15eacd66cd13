package dev.siltstone.cli;

import dev.siltstone.io.DiskLock;
import dev.siltstone.io.NanoClock;
import dev.siltstone.objectstore.StoreUnavailableException;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.CopyProgress;
import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.DestinationFile;
import dev.siltstone.sqlite.replica.MetaDirectory;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import dev.siltstone.sqlite.replica.ReplicaSettings;
import dev.siltstone.sqlite.replica.ReplicaStatus;
import dev.siltstone.sqlite.replica.ReplicaStatus.Phase;
import dev.siltstone.sqlite.replica.Replication;
import dev.siltstone.sqlite.replica.RestoreRequest;
import dev.siltstone.sqlite.replica.RestoreTarget;
import dev.siltstone.sqlite.replica.Restored;
import dev.siltstone.sqlite.replica.Succession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One database of `db replicate`, under way, and what was said of it.
///
/// Looked at by one thread; [#leave] may be called by another.
final class ReplicatedDatabase {
    private static final long STORE_PAUSE_MILLIS = 5_000;
    private static final int LOOKS_BETWEEN_MESSAGES = 60;
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration LAST_SYNC = Duration.ofSeconds(10);
    private static final Duration LAST_UPLOAD = Duration.ofSeconds(20);

    private final Console console;
    private final Path database;
    private final ReplicaUrl url;
    private final Replication replication;
    private final ProgressMeter meter;

    /// Held until it was left, or the process ends.
    private final DiskLock lock;

    private boolean followed;
    private CopyProgress.@Nullable Step copyStep;
    private @Nullable String saidProblem;
    private int looksSinceSaid;

    private ReplicatedDatabase(
            Console console,
            Path database,
            ReplicaUrl url,
            Replication replication,
            ProgressMeter meter,
            DiskLock lock) {
        this.console = console;
        this.database = database;
        this.url = url;
        this.replication = replication;
        this.meter = meter;
        this.lock = lock;
    }

    /// Begins: restores the database if there is none but a replica of it.
    ///
    /// @param waits whether a store that cannot be reached, or a database that is not there, is waited for
    /// @param takesOver whether to go on where another machine has gone on meanwhile
    static ReplicatedDatabase begin(
            Console console,
            ReplicaRuntime runtime,
            Path database,
            ReplicaUrl url,
            ReplicaSettings settings,
            boolean waits,
            boolean takesOver)
            throws IOException, InterruptedException, CommandFailure {
        if (!waits && !Files.exists(database)) {
            requireReplica(runtime, database, url);
        }
        DiskLock lock = ReplicatorLock.take(runtime.disk(), database, console);
        try {
            Destination destination = open(console, runtime, url, waits);
            if (!Files.exists(database)) {
                comeBack(console, runtime, database, url, destination);
            }
            DestinationFile.write(runtime.disk(), MetaDirectory.of(database), List.of(url.text()));
            Replication replication =
                    takesOver
                            ? Replication.takeOver(
                                    runtime, database, destination.remote(), settings)
                            : Replication.start(runtime, database, destination.remote(), settings);
            saySuccession(console, database, url, replication.succession());
            ProgressMeter meter = new ProgressMeter(console, NanoClock.system());
            return new ReplicatedDatabase(console, database, url, replication, meter, lock);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Destination open(
            Console console, ReplicaRuntime runtime, ReplicaUrl url, boolean waits)
            throws IOException, InterruptedException {
        while (true) {
            try {
                return Destination.open(url.store(), runtime);
            } catch (StoreUnavailableException e) {
                if (!waits) {
                    throw e;
                }
                console.say(
                        "%s: %s; trying again in %d s"
                                .formatted(
                                        url, FailureReport.message(e), STORE_PAUSE_MILLIS / 1000));
                console.pause().millis(STORE_PAUSE_MILLIS);
            }
        }
    }

    /// Looks without creating anything.
    private static void requireReplica(ReplicaRuntime runtime, Path database, ReplicaUrl url)
            throws IOException, CommandFailure {
        boolean isThere = false;
        try (Destination destination = Destination.openForReading(url.store(), runtime)) {
            isThere = !ReplicaFacts.of(destination.remote()).isEmpty();
        } catch (NoSuchFileException e) {
            isThere = false;
        }
        if (!isThere) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "%s does not exist, and there is no replica of it at %s"
                            .formatted(database, url));
        }
    }

    private static void comeBack(
            Console console,
            ReplicaRuntime runtime,
            Path database,
            ReplicaUrl url,
            Destination destination)
            throws IOException {
        if (ReplicaFacts.of(destination.remote()).isEmpty()) {
            console.say(
                    "%s does not exist, and there is no replica of it at %s; waiting for it"
                            .formatted(database, url));
            return;
        }
        console.say("%s does not exist; restoring it from %s".formatted(database, url));
        RestoreRequest request = RestoreRequest.of(new RestoreTarget.Latest(), database);
        Restored restored = DbRestoreCommand.restore(console, runtime, destination, request);
        console.say("%s restored at transaction %s".formatted(database, restored.txid()));
    }

    /// Not said if there is no database yet: whoever creates it begins.
    private static void saySuccession(
            Console console, Path database, ReplicaUrl url, Succession succession) {
        if (succession.isSuccessor() || !Files.exists(database)) {
            return;
        }
        String here =
                succession.local().isZero()
                        ? "nothing here says that it comes from this database"
                        : "the last one from here is " + succession.local();
        console.say(
                "%s: %s goes up to transaction %s, and %s; this database, as it is, becomes the transaction behind it"
                        .formatted(database, url, succession.remote(), here));
    }

    Path database() {
        return database;
    }

    /// Says whether it has followed the database by now.
    boolean hasFollowed() {
        return followed;
    }

    /// Looks how it stands, and says what is new.
    ///
    /// @return the line to print, once: it follows from now on; else null
    @Nullable String look() throws IOException {
        ReplicaStatus status = replication.status();
        sayProblem(status);
        sayCopying();
        if (followed || status.phase() != Phase.FOLLOWING) {
            return null;
        }
        followed = true;
        return "siltstone %s replicating %s to %s from transaction %s"
                .formatted(
                        Version.number(), database, url, Txid.max(status.local(), status.remote()));
    }

    /// Says how far the reading or uploading of the whole database is.
    private void sayCopying() {
        if (followed) {
            return;
        }
        Optional<CopyProgress> progress = replication.copying();
        CopyProgress.Step step = progress.map(CopyProgress::step).orElse(null);
        if (step != copyStep) {
            copyStep = step;
            meter.begin();
        }
        progress.ifPresent(now ->
                meter.progressed(database + ": " + verb(now.step()), now.bytes(), now.total()));
    }

    private static String verb(CopyProgress.Step step) {
        return switch (step) {
            case READING -> "read";
            case UPLOADING -> "uploaded";
        };
    }

    /// Numbers in a problem change all the time, so another text is no reason to say it again at once.
    private void sayProblem(ReplicaStatus status) {
        String problem = status.problem();
        boolean missing = status.phase() == Phase.WAITING && saidProblem == null && !followed;
        looksSinceSaid++;
        if (problem == null) {
            if (saidProblem != null && status.phase() == Phase.FOLLOWING) {
                if (followed) { // else the line that it follows says so
                    console.say(database + ": goes on");
                }
                saidProblem = null;
            }
        } else if (missing) {
            saidProblem = problem; // was said when it began
        } else if (saidProblem == null
                || (!problem.equals(saidProblem) && looksSinceSaid >= LOOKS_BETWEEN_MESSAGES)) {
            console.say(
                    problem.startsWith(database.toString()) ? problem : database + ": " + problem);
            saidProblem = problem;
            looksSinceSaid = 0;
        }
    }

    /// Says whether it ended by itself, for good.
    boolean isStopped() {
        return replication.status().phase() == Phase.STOPPED;
    }

    /// Returns the exit code for what it was stopped by.
    int exitCode() {
        IOException cause = replication.stoppedBy();
        return cause == null ? ExitCode.FAILURE : FailureReport.codeOf(cause);
    }

    /// Makes what is committed now durable here and there.
    ///
    /// @param patience how long something that is in the way is waited for
    /// @return the last transaction that the destination has
    Txid once(Duration patience) throws InterruptedException, CommandFailure {
        Duration stuck = Duration.ZERO;
        Txid synced = null;
        while (true) {
            try {
                if (synced == null) {
                    synced = replication.sync(ROUND);
                }
                if (replication.waitFor(synced, ROUND)) {
                    return synced;
                }
            } catch (IOException e) {
                if (isStopped()) {
                    throw new CommandFailure(
                            exitCode(), database + ": " + FailureReport.message(e), e);
                }
            }
            sayCopying();
            ReplicaStatus status = replication.status();
            stuck = status.problem() == null ? Duration.ZERO : stuck.plus(ROUND);
            if (stuck.compareTo(patience) >= 0) {
                boolean source =
                        status.phase() == Phase.ATTACHING || status.phase() == Phase.WAITING;
                throw new CommandFailure(
                        source ? ExitCode.FAILURE : ExitCode.UNAVAILABLE,
                        "%s: gave up after %s: %s"
                                .formatted(database, Amount.time(patience), status.problem()));
            }
        }
    }

    /// Replicates what is left, within half a minute, and stops; connections stay open, for a process that ends
    /// now.
    void leave() throws IOException, InterruptedException {
        ReplicaStatus status = replication.status();
        if (status.phase() == Phase.STOPPED) {
            return;
        }
        if (status.phase() != Phase.WAITING) {
            upload();
        }
        replication.leave();
        lock.close();
    }

    private void upload() throws InterruptedException {
        try {
            Txid last = lastSync();
            if (!replication.waitFor(last, LAST_UPLOAD)) {
                ReplicaStatus status = replication.status();
                console.say(
                        "%s: not all is uploaded: %s has %s, this machine %s; the next start goes on from there"
                                .formatted(database, url, status.remote(), status.local()));
            }
        } catch (IOException e) {
            console.say(database + ": " + FailureReport.message(e));
        }
    }

    private Txid lastSync() throws InterruptedException {
        try {
            return replication.sync(LAST_SYNC);
        } catch (IOException e) {
            console.say(
                    "%s: the last transactions stay in its WAL for the next start: %s"
                            .formatted(database, FailureReport.message(e)));
            return replication.status().local();
        }
    }
}
