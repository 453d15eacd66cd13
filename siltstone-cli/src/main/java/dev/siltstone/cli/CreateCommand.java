package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

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

/// `siltstone stream create URL`
@Command(
        name = "create",
        description = {
            "Creates a stream, or confirms that it is there as asked for.",
            "Prints the offset after its content."
        })
final class CreateCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @ArgGroup private @Nullable LifetimeOptions lifetime;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The stream.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "-",
            description = "A lone dash: standard input is the first content.")
    private @Nullable String dash;

    @Option(names = "--stdin", description = "Standard input is the first content.")
    private boolean stdin;

    @Option(names = "--data", paramLabel = "TEXT", description = "This is the first content.")
    private @Nullable String data;

    @Option(
            names = {"-t", "--content-type"},
            paramLabel = "TYPE",
            defaultValue = "application/octet-stream",
            description = "What the stream holds (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private String contentType;

    @Option(names = "--closed", description = "Close it at once: this is all that it will hold.")
    private boolean closed;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    CreateCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        byte[] content = content();
        try (StreamClient client = connection.client()) {
            HttpRequest.Builder request =
                    client.request("PUT", url.uri(), content).header("Content-Type", contentType);
            if (lifetime != null) {
                lifetime.addTo(request);
            }
            if (closed) {
                request.header("Stream-Closed", "true");
            }
            try (Reply reply = client.send(request.build())) {
                new Facts(url)
                        .and("created", Refusals.isCreated(reply))
                        .and(reply.facts())
                        .printOffset(console, json);
            }
        }
        return ExitCode.SUCCESS;
    }

    private byte[] content() throws IOException {
        if (dash != null && !dash.equals("-")) {
            throw new ParameterException(
                    spec.commandLine(), "after the URL may stand '-', not '" + dash + "'");
        }
        boolean readsInput = stdin || dash != null;
        if (readsInput && data != null) {
            throw new ParameterException(
                    spec.commandLine(), "the first content is --data or standard input, not both");
        }
        if (readsInput) {
            return console.in().readAllBytes();
        }
        return data == null ? new byte[0] : data.getBytes(UTF_8);
    }
}
