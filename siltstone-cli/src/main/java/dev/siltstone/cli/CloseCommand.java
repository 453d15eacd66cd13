package dev.siltstone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone stream close URL`
@Command(
        name = "close",
        description = {
            "Closes a stream: no more can be appended. Closing twice is no error.",
            "To append and close in one step: append --close."
        })
final class CloseCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @Parameters(
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The stream.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    CloseCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        try (StreamClient client = connection.client();
                Reply reply =
                        client.send(
                                client.request("POST", url.uri())
                                        .header("Stream-Closed", "true")
                                        .build())) {
            new Facts(url)
                    .and("nextOffset", reply.header("Stream-Next-Offset").orElse(null))
                    .and("closed", reply.closed())
                    .printOffset(console, json);
        }
        return ExitCode.SUCCESS;
    }
}
