package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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

/// `siltstone stream append URL`
///
/// Input up to `--piece` is one append: all of it or nothing. Longer input becomes several appends, each
/// whole by itself, and `--close` goes with the last.
@Command(
        name = "append",
        description = {
            "Appends standard input to a stream; prints the offset after it.",
            "Input up to --piece is appended as a whole or not at all. Longer input becomes several"
                    + " appends in order; if one fails, the message says how much is there. JSON is"
                    + " never cut."
        })
final class AppendCommand implements Callable<Integer> {
    private static final long PIECE_BYTES_MAX = 1 << 30;

    /// Who sends the append, so that a repeat of it is recognised.
    private static final class ProducerOptions {
        @Option(
                names = "--producer",
                paramLabel = "ID",
                required = true,
                description = "Send as this producer: the same command again has no second effect.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Option(
                names = "--epoch",
                paramLabel = "N",
                defaultValue = "0",
                description = "Its epoch (default: ${DEFAULT-VALUE}).")
        private long producerEpoch;

        @Option(
                names = "--seq",
                paramLabel = "N",
                required = true,
                description = "Its sequence; further pieces take the numbers after it.")
        private long sequence;
    }

    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @Parameters(
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description = "The stream.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Option(
            names = "--data",
            paramLabel = "TEXT",
            description = "Append this instead of standard input.")
    private @Nullable String data;

    @Option(
            names = {"-t", "--content-type"},
            paramLabel = "TYPE",
            description = "What is appended (default: ask the server for the stream's own type).")
    private @Nullable String contentType;

    @Option(names = "--close", description = "Close the stream with it, in the same step.")
    private boolean close;

    @Option(
            names = "--stream-seq",
            paramLabel = "TEXT",
            description = "Refuse unless this sorts after the stream's last such text.")
    private @Nullable String streamSeq;

    @ArgGroup(exclusive = false)
    private @Nullable ProducerOptions producer;

    @Option(
            names = "--piece",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "16M",
            description = "Most bytes in one append (default: ${DEFAULT-VALUE}).")
    private long pieceBytesMax;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    AppendCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        checkOptions();
        try (StreamClient client = connection.client()) {
            String type = contentType != null ? contentType : typeOfStream(client);
            append(client, type);
        }
        return ExitCode.SUCCESS;
    }

    private void checkOptions() {
        if (pieceBytesMax < 1 || pieceBytesMax > PIECE_BYTES_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--piece is 1 byte to 1G, not " + pieceBytesMax);
        }
    }

    private String typeOfStream(StreamClient client)
            throws IOException, CommandFailure, InterruptedException {
        try (Reply reply = client.send(client.request("HEAD", url.uri()).build())) {
            return reply.contentType();
        }
    }

    private void append(StreamClient client, String type)
            throws IOException, CommandFailure, InterruptedException {
        Content content = new Content(type);
        InputStream in =
                data == null ? console.in() : new ByteArrayInputStream(data.getBytes(UTF_8));
        Pieces pieces = new Pieces(in, (int) pieceBytesMax, content.isText());
        byte[] piece = pieces.next();
        checkInput(content, piece, pieces.wasLast());
        int appends = 0;
        long bytes = 0;
        while (true) {
            try (Reply reply = send(client, type, piece, appends, pieces.wasLast())) {
                appends++;
                bytes += piece.length;
                if (pieces.wasLast()) {
                    report(reply, appends);
                    return;
                }
            } catch (CommandFailure e) {
                throw appends == 0 ? e : partly(e, appends, bytes);
            }
            piece = pieces.next();
        }
    }

    private void checkInput(Content content, byte[] first, boolean whole) throws CommandFailure {
        if (first.length == 0 && !close) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is nothing to append: the input is empty");
        }
        if (content.isJson() && !whole) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "JSON is appended in one piece, and this is longer than --piece "
                            + pieceBytesMax
                            + "; nothing was appended");
        }
    }

    private Reply send(StreamClient client, String type, byte[] piece, int number, boolean last)
            throws CommandFailure, InterruptedException {
        HttpRequest.Builder request = client.request("POST", url.uri(), piece);
        if (piece.length > 0) {
            request.header("Content-Type", type);
        }
        if (streamSeq != null && number == 0) {
            request.header("Stream-Seq", streamSeq);
        }
        if (producer != null) {
            request.header("Producer-Id", producer.id)
                    .header("Producer-Epoch", Long.toString(producer.producerEpoch))
                    .header("Producer-Seq", Long.toString(producer.sequence + number));
        }
        if (close && last) {
            request.header("Stream-Closed", "true");
        }
        return client.send(request.build());
    }

    private void report(Reply reply, int appends) throws IOException {
        Facts facts =
                new Facts(url)
                        .and("nextOffset", reply.header("Stream-Next-Offset").orElse(null))
                        .and("closed", reply.closed())
                        .and("appends", appends);
        if (producer != null) {
            facts.and("duplicate", Refusals.isDuplicate(reply));
        }
        facts.printOffset(console, json);
    }

    private static CommandFailure partly(CommandFailure failure, int appends, long bytes) {
        return new CommandFailure(
                failure.exitCode(),
                failure.getMessage()
                        + "; the first "
                        + bytes
                        + " bytes were appended before, in "
                        + appends
                        + (appends == 1 ? " append" : " appends"),
                failure);
    }
}
