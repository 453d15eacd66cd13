package dev.siltstone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone stream head URL`
@Command(name = "head", description = "Prints facts about a stream.")
final class HeadCommand implements Callable<Integer> {
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

    HeadCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        try (StreamClient client = connection.client();
                Reply reply = client.send(client.request("HEAD", url.uri()).build())) {
            Facts facts = new Facts(url).and(reply.facts());
            if (json) {
                facts.printJson(console);
            } else {
                facts.printLines(console);
            }
        }
        return ExitCode.SUCCESS;
    }
}
