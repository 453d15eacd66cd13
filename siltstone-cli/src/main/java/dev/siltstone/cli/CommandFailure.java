package dev.siltstone.cli;

import org.jspecify.annotations.Nullable;

/// Ends a command with a message for the user and an exit code.
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /// Returns one of the codes of [ExitCode].
    int exitCode() {
        return exitCode;
    }
}
