package dev.siltstone.cli;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `siltstone stream fork SOURCE TARGET`
@Command(
        name = "fork",
        description = {
            "Creates a stream that begins with the content of another, without copying it.",
            "Prints the offset after that content."
        })
final class ForkCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @ArgGroup private @Nullable LifetimeOptions lifetime;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            converter = StreamUrl.Converter.class,
            description = "The URL of the stream to fork.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl source;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "The new stream: its URL, or its path on the same server.")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            description = "Fork here (default: at the source's end).")
    private @Nullable String offset;

    @Option(
            names = "--sub-offset",
            paramLabel = "N",
            description = "So many bytes, or JSON messages, after the offset.")
    private @Nullable Long subOffset;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ForkCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        StreamUrl fork = fork();
        try (StreamClient client = connection.client();
                Reply reply = client.send(request(client, fork))) {
            new Facts(fork)
                    .and("created", Refusals.isCreated(reply))
                    .and(reply.facts())
                    .printOffset(console, json);
        }
        return ExitCode.SUCCESS;
    }

    private StreamUrl fork() {
        try {
            return source.sibling(target);
        } catch (IllegalArgumentException | TypeConversionException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private HttpRequest request(StreamClient client, StreamUrl fork) {
        HttpRequest.Builder request =
                client.request("PUT", fork.uri())
                        .header("Stream-Forked-From", source.uri().getRawPath());
        if (offset != null) {
            request.header("Stream-Fork-Offset", offset);
        }
        if (subOffset != null) {
            request.header("Stream-Fork-Sub-Offset", subOffset.toString());
        }
        if (lifetime != null) {
            lifetime.addTo(request);
        }
        return request.build();
    }
}
