package dev.siltstone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone stream tail URL`
///
/// Once it could read at all it does not give up: a connection that breaks, or a server that restarts, is
/// a pause. Ends when the stream is closed or deleted.
@Command(
        name = "tail",
        description = {
            "Follows a stream: writes to standard output what comes, until the stream is closed.",
            "Bytes as they are; JSON as its messages, each ended by a newline. After a broken"
                    + " connection it goes on where it was, without loss or repetition."
        })
final class TailCommand implements Callable<Integer> {
    /// Which way of following a stream; by default what keeps every byte.
    private static final class Way {
        @Option(
                names = "--long-poll",
                description = "Follow by long polls (default for text/*: they keep its line ends).")
        private boolean longPoll;

        @Option(
                names = "--sse",
                description = "Follow by server-sent events (default for all but text/*).")
        private boolean sse;
    }

    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @ArgGroup private @Nullable Way way;

    @Parameters(
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The stream.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            defaultValue = "now",
            description =
                    "Where to begin: now (default), -1 for the beginning, or an offset from before.")
    @SuppressWarnings("NullAway.Init")
    private String offset;

    TailCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        try (StreamClient client = connection.client()) {
            Start start = start(client);
            LiveRead read =
                    byLongPoll(start.content)
                            ? new LongPollRead(client, url, console.out())
                            : new SseRead(client, url, start.content.sink(console.out()));
            follow(read, start.place);
        }
        return ExitCode.SUCCESS;
    }

    private record Start(Content content, Place place) {}

    /// Finds out what the stream holds, and which offset `now` is: after that no reconnection can miss
    /// anything.
    private Start start(StreamClient client)
            throws IOException, CommandFailure, InterruptedException {
        boolean now = offset.equals("now");
        var request =
                now
                        ? client.request("GET", url.with("offset", "now"))
                        : client.request("HEAD", url.uri());
        try (Reply reply = client.send(request.build())) {
            Content content = new Content(reply.contentType());
            Place place = new Place(now ? reply.nextOffset() : offset);
            if (now && reply.closed()) {
                place.advance(reply.nextOffset(), null, true);
            }
            return new Start(content, place);
        }
    }

    private boolean byLongPoll(Content content) {
        if (way == null) {
            return content.isText();
        }
        return way.longPoll && !way.sse;
    }

    private void follow(LiveRead read, Place place)
            throws IOException, CommandFailure, InterruptedException {
        Patience patience = new Patience(console);
        while (!place.closed()) {
            long stepsBefore = place.steps();
            String trouble = tryToFollow(read, place);
            if (place.steps() > stepsBefore) {
                patience.afterSuccess();
            }
            if (trouble != null) {
                patience.afterFailure(trouble, place.offset());
            } else if (place.steps() == stepsBefore) {
                patience.afterFailure(url + ": the server ended at once", place.offset());
            }
        }
    }

    /// @return what broke, if trying again may help
    private @Nullable String tryToFollow(LiveRead read, Place place)
            throws IOException, CommandFailure, InterruptedException {
        try {
            read.follow(place);
            return null;
        } catch (Reply.ConnectionLost e) {
            return url + ": " + e.getMessage();
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.UNAVAILABLE) {
                throw e;
            }
            return e.getMessage();
        }
    }
}
