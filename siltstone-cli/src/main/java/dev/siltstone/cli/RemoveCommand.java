package dev.siltstone.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone stream rm URL...`
@Command(
        name = "rm",
        description = {
            "Deletes streams, one after the other; stops at the first that cannot be deleted.",
            "What forks still need of a stream is kept for them."
        })
final class RemoveCommand implements Callable<Integer> {
    @Mixin private final ConnectionOptions connection;

    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The streams.")
    private List<StreamUrl> urls = List.of();

    @Option(
            names = {"-f", "--force"},
            description = "A stream that is not there is no error.")
    private boolean force;

    RemoveCommand(Console console) {
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        try (StreamClient client = connection.client()) {
            for (StreamUrl url : urls) {
                remove(client, url);
            }
        }
        return ExitCode.SUCCESS;
    }

    private void remove(StreamClient client, StreamUrl url)
            throws IOException, CommandFailure, InterruptedException {
        try {
            client.send(client.request("DELETE", url.uri()).build()).close();
        } catch (CommandFailure e) {
            if (!force || e.exitCode() != ExitCode.NOT_FOUND) {
                throw e;
            }
        }
    }
}
