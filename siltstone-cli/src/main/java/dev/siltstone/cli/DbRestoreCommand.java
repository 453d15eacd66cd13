package dev.siltstone.cli;

import dev.siltstone.io.DiskLock;
import dev.siltstone.io.NanoClock;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.IntegrityCheck;
import dev.siltstone.sqlite.replica.PositionKeeper;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import dev.siltstone.sqlite.replica.Restore;
import dev.siltstone.sqlite.replica.RestoreRequest;
import dev.siltstone.sqlite.replica.RestoreSettings;
import dev.siltstone.sqlite.replica.RestoreTarget;
import dev.siltstone.sqlite.replica.Restored;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// `siltstone db restore URL -o FILE`
@Command(
        name = "restore",
        description = {
            "Makes a database of a replica: the newest state, or another one.",
            "Every page is checked; the file gets its name when all of it is right. A restore that was"
                    + " broken off goes on when it is asked for again. Afterwards db replicate goes"
                    + " on from there."
        })
final class DbRestoreCommand implements Callable<Integer> {
    /// Which state; the newest if neither is given.
    private static final class Target {
        @Option(
                names = "--txid",
                paramLabel = "HEX",
                required = true,
                converter = TxidConverter.class,
                description = "The state after this transaction, as db ls shows it.")
        private @Nullable Txid txid;

        @Option(
                names = "--time",
                paramLabel = "TIME",
                required = true,
                converter = TimeConverter.class,
                description = "The newest state of before this time, as in 2030-01-31T12:00:00Z.")
        private @Nullable Instant time;

        RestoreTarget target() {
            Txid at = txid;
            Instant before = time;
            if (at != null) {
                return new RestoreTarget.At(at);
            }
            return before == null ? new RestoreTarget.Latest() : new RestoreTarget.Before(before);
        }
    }

    /// Transactions on the command line: up to 16 hexadecimal digits.
    static final class TxidConverter implements ITypeConverter<Txid> {
        private static final int DIGITS = 16;

        @Override
        public Txid convert(String text) {
            String digits = "0".repeat(Math.max(0, DIGITS - text.length())) + text;
            Optional<Txid> txid = Txid.parse(digits.toLowerCase(Locale.ROOT));
            if (text.isEmpty() || txid.isEmpty() || txid.get().isZero()) {
                throw new TypeConversionException(
                        "'%s' is no transaction; write up to 16 hexadecimal digits, as db ls shows them"
                                .formatted(text));
            }
            return txid.get();
        }
    }

    /// Times on the command line.
    static final class TimeConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'%s' is no time of RFC 3339; write for example 2030-01-31T12:00:00Z"
                                .formatted(text));
            }
        }
    }

    private final Console console;

    @Parameters(
            paramLabel = "URL",
            converter = ReplicaUrl.Converter.class,
            description = "The replica.")
    @SuppressWarnings("NullAway.Init")
    private ReplicaUrl url;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The database to make.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @ArgGroup private @Nullable Target target;

    @Option(
            names = "--force",
            description =
                    "Give up a database that is there, with its WAL. Nobody may have it open.")
    private boolean force;

    @Option(
            names = "--integrity-check",
            paramLabel = "none|quick|full",
            defaultValue = "none",
            description =
                    "What SQLite is asked to check before the file gets its name (default:"
                            + " ${DEFAULT-VALUE}).")
    private IntegrityCheck integrityCheck = IntegrityCheck.NONE;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    DbRestoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        if (integrityCheck != IntegrityCheck.NONE) {
            SqliteLibrary.prepare(console.environment());
        }
        Path database = output.toAbsolutePath().normalize();
        RestoreRequest request =
                RestoreRequest.of(
                                target == null ? new RestoreTarget.Latest() : target.target(),
                                database)
                        .withForce(force)
                        .withIntegrityCheck(integrityCheck);
        try (ReplicaRuntime runtime = DbCommand.runtime();
                Destination destination = Destination.openForReading(url.store(), runtime);
                DiskLock _ = ReplicatorLock.ifThere(runtime.disk(), database)) {
            Restored restored = restore(console, runtime, destination, request);
            print(restored);
        }
        return ExitCode.SUCCESS;
    }

    /// Restores, and leaves the position for a replicator.
    static Restored restore(
            Console console,
            ReplicaRuntime runtime,
            Destination destination,
            RestoreRequest request)
            throws IOException {
        return new Restore(
                        destination.remote(),
                        runtime.disk(),
                        RestoreSettings.DEFAULT,
                        new PositionKeeper(runtime.disk(), request.output()))
                .run(request, new RestoreMeter(console, NanoClock.system()));
    }

    private void print(Restored restored) throws IOException {
        long bytes = restored.pages() * restored.pageSize();
        Facts facts =
                new Facts()
                        .and("database", restored.output().toString())
                        .and("txid", restored.txid().toString())
                        .and("bytes", bytes)
                        .and("pageSize", restored.pageSize())
                        .and("files", restored.plan().files().size())
                        .and("fetchedBytes", restored.plan().bytes() - restored.reusedBytes())
                        .and("reusedBytes", restored.reusedBytes())
                        .and("checksum", PageChecksum.text(restored.checksum()))
                        .and("checksumVerified", restored.checksumVerified());
        if (json) {
            facts.printJson(console);
        } else {
            facts.printText(
                    console,
                    "restored %s at transaction %s: %s from %d files%s%n"
                            .formatted(
                                    restored.output(),
                                    restored.txid(),
                                    Amount.bytes(bytes),
                                    restored.plan().files().size(),
                                    restored.checksumVerified()
                                            ? ", database checksum verified"
                                            : ""));
        }
    }
}
