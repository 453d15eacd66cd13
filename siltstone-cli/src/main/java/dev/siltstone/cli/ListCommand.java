package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `siltstone stream ls URL`
///
/// Listing is Siltstone's extension of the protocol (docs/protocol-extensions.md); other servers do not
/// know it.
@Command(
        name = "ls",
        description = {
            "Lists streams by the beginning of their path, in the order of their paths.",
            "A line is a path; with --long also offset, state and content type."
        })
final class ListCommand implements Callable<Integer> {
    private static final String ROOT = "/v1/stream";
    private static final long PAGE_MAX = 1000;

    private final Console console;

    @Mixin private final ConnectionOptions connection;

    @Parameters(
            paramLabel = "URL",
            converter = StreamUrl.Converter.class,
            description =
                    "The server, as in http://127.0.0.1:4437, or the beginning of the streams' URLs,"
                            + " as in http://127.0.0.1:4437/v1/stream/orders/.")
    @SuppressWarnings("NullAway.Init")
    private StreamUrl url;

    @Option(
            names = "--after",
            paramLabel = "PATH",
            description = "Begin with the path after this one.")
    private @Nullable String after;

    @Option(names = "--limit", paramLabel = "N", description = "List at most so many.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = {"-l", "--long"},
            description = "Say more about each.")
    private boolean longLines;

    @Option(names = "--json", description = "Print a JSON array of objects.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ListCommand(Console console) {
        this.console = console;
        this.connection = new ConnectionOptions(console);
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        print(json ? "[" : "");
        try (StreamClient client = connection.client()) {
            list(client);
        }
        print(json ? "]\n" : "");
        console.out().flush();
        return ExitCode.SUCCESS;
    }

    private void list(StreamClient client)
            throws IOException, CommandFailure, InterruptedException {
        String from = after;
        long listed = 0;
        do {
            Page page = page(client, from, Math.min(PAGE_MAX, limit - listed));
            for (Object stream : page.streams) {
                print(line(stream, listed++));
            }
            from = page.next;
        } while (from != null && listed < limit);
    }

    private String line(@Nullable Object stream, long number) {
        if (json) {
            return (number == 0 ? "" : ",\n") + Json.write(stream);
        }
        if (!(stream instanceof Map<?, ?> facts)) {
            return stream + "\n";
        }
        String path = String.valueOf(facts.get("path"));
        if (!longLines) {
            return path + "\n";
        }
        String state = Boolean.TRUE.equals(facts.get("closed")) ? "closed" : "open";
        return String.join(
                        "\t",
                        String.valueOf(facts.get("nextOffset")),
                        state,
                        String.valueOf(facts.get("contentType")),
                        path)
                + "\n";
    }

    private record Page(List<?> streams, @Nullable String next) {}

    private Page page(StreamClient client, @Nullable String from, long count)
            throws IOException, CommandFailure, InterruptedException {
        String prefix = prefix();
        URI base = root();
        String size = Long.toString(count);
        URI uri =
                from == null
                        ? new StreamUrl(base).with("limit", size, "prefix", prefix)
                        : new StreamUrl(base).with("after", from, "limit", size, "prefix", prefix);
        try (Reply reply = client.send(client.request("GET", uri).build())) {
            Object answer = Json.read(StreamClient.small(reply));
            if (answer instanceof Map<?, ?> page
                    && page.get("streams") instanceof List<?> streams) {
                return new Page(streams, page.get("next") instanceof String next ? next : null);
            }
            throw new CommandFailure(
                    ExitCode.FAILURE, base + ": the answer is no listing; is this Siltstone?");
        }
    }

    private URI root() {
        String path = url.uri().getRawPath();
        String rootPath =
                path.isEmpty() || path.equals("/") ? ROOT : path.substring(0, rootEnd(path));
        return url.uri().resolve(rootPath);
    }

    private String prefix() {
        String path = url.uri().getPath();
        if (path.isEmpty() || path.equals("/")) {
            return "";
        }
        String rest = path.substring(rootEnd(path));
        return rest.startsWith("/") ? rest.substring(1) : rest;
    }

    private int rootEnd(String path) {
        int at = path.indexOf(ROOT);
        int end = at + ROOT.length();
        if (at < 0 || (end < path.length() && path.charAt(end) != '/')) {
            throw new ParameterException(
                    spec.commandLine(), url + " is neither a server nor below " + ROOT);
        }
        return end;
    }

    private void print(String text) throws IOException {
        console.out().write(text.getBytes(UTF_8));
    }
}
