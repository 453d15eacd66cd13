package dev.siltstone.cli;

import dev.siltstone.io.DiskLockedException;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.layer.LayerDamagedException;
import dev.siltstone.layer.MissingPackException;
import dev.siltstone.layer.NoSuchLayerException;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.objectstore.AccessRefusedException;
import dev.siltstone.objectstore.StoreUnavailableException;
import dev.siltstone.rangestore.RangeTakenException;
import dev.siltstone.sqlite.ltx.LtxDamagedException;
import dev.siltstone.sqlite.replica.NoSuchStateException;
import dev.siltstone.sqlite.replica.OvertakenException;
import dev.siltstone.sqlite.replica.ReplicaDamagedException;
import dev.siltstone.sqlite.replica.RestoreRefusedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Says what went wrong, in one line, and which exit code that is.
final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Console console;
    private final BooleanSupplier verbose;

    /// @param verbose whether to add the stack trace
    FailureReport(Console console, BooleanSupplier verbose) {
        this.console = console;
        this.verbose = verbose;
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof StandardOutput.ReaderGone) {
            return ExitCode.SUCCESS;
        }
        console.say(message(failure));
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(console.err());
        }
        return failure instanceof CommandFailure known ? known.exitCode() : codeOf(failure);
    }

    /// Returns the exit code for a failure that carries none.
    static int codeOf(Exception failure) {
        return switch (failure) {
            case NoSuchFileException _,
                    NoSuchStateException _,
                    NoSuchLayerException _,
                    MissingPackException _ ->
                    ExitCode.NOT_FOUND;
            case RangeTakenException _, RestoreRefusedException _, OvertakenException _ ->
                    ExitCode.CONFLICT;
            case PosixException posix when posix.isFull() -> ExitCode.UNAVAILABLE;
            case StoreUnavailableException _ -> ExitCode.UNAVAILABLE;
            case AccessRefusedException _ -> ExitCode.UNAUTHORIZED;
            case LtxDamagedException _,
                    ReplicaDamagedException _,
                    LayerDamagedException _,
                    TarException _ ->
                    ExitCode.DAMAGED;
            case DiskLockedException _ -> ExitCode.LOCKED;
            default -> ExitCode.FAILURE;
        };
    }

    static String message(Exception failure) {
        return switch (failure) {
            case CommandFailure known -> String.valueOf(known.getMessage());
            case FileSystemException file -> file.getFile() + ": " + reason(file);
            case IOException io when io.getMessage() != null -> io.getMessage();
            case InterruptedException _ -> "interrupted";
            case IllegalArgumentException wrong when wrong.getMessage() != null ->
                    wrong.getMessage();
            default -> failure.toString();
        };
    }

    /// Says what the exceptions of `java.nio.file` say by their class alone.
    private static String reason(FileSystemException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "there is a file of that name";
            case NotDirectoryException _ -> "is no directory";
            default -> Objects.requireNonNullElse(failure.getReason(), failure.toString());
        };
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        console.say(String.valueOf(failure.getMessage()));
        console.say(
                "try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE;
    }
}
