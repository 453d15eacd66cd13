package dev.siltstone.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to reach a server: the options that all `stream` subcommands share.
final class ConnectionOptions {
    private static final String TOKEN_VARIABLE = "SILTSTONE_TOKEN";

    private final Console console;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "Bearer token; better in the environment as "
                            + TOKEN_VARIABLE
                            + ", where other users cannot see it.")
    private @Nullable String token;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration timeout;

    ConnectionOptions(Console console) {
        this.console = console;
    }

    StreamClient client() {
        String fromEnvironment = console.environment().get(TOKEN_VARIABLE);
        return new StreamClient(timeout, token != null ? token : fromEnvironment);
    }
}
