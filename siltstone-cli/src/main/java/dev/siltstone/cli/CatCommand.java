package dev.siltstone.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone stream cat URL`
@Command(
        name = "cat",
        description = {
            "Writes what a stream holds now to standard output.",
            "Bytes as they are; JSON as its messages, each ended by a newline."
        })
final class CatCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @Parameters(
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The stream.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            defaultValue = "-1",
            description =
                    "Where to begin: -1 for the beginning (default), or an offset from before.")
    @SuppressWarnings("NullAway.Init")
    private String offset;

    CatCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        try (StreamClient client = connection.client()) {
            String at = offset;
            boolean upToDate = false;
            while (!upToDate) {
                try (Reply reply =
                        client.send(client.request("GET", url.with("offset", at)).build())) {
                    copy(reply, at);
                    upToDate = reply.upToDate();
                    at = advanced(at, reply.nextOffset(), upToDate);
                }
            }
        }
        console.out().flush();
        return ExitCode.SUCCESS;
    }

    private void copy(Reply reply, String at) throws IOException, CommandFailure {
        try {
            OutputStream sink = new Content(reply.contentType()).sink(console.out());
            reply.body().transferTo(sink);
        } catch (Reply.ConnectionLost e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    url
                            + ": "
                            + e.getMessage()
                            + "; what was written after offset "
                            + at
                            + " is incomplete",
                    e);
        }
    }

    private String advanced(String from, String to, boolean upToDate) throws CommandFailure {
        if (from.equals(to) && !upToDate) {
            throw new CommandFailure(
                    ExitCode.FAILURE, url + ": the server makes no progress after offset " + from);
        }
        return to;
    }
}
