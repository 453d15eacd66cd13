package dev.siltstone.cli;

import dev.siltstone.bench.ContentKind;
import dev.siltstone.bench.LoadFailedException;
import dev.siltstone.bench.LoadSettings;
import dev.siltstone.bench.LoadTest;
import dev.siltstone.bench.Target;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What all `bench` subcommands may be told, and how each of them is run.
final class BenchOptions {
    /// One kind of load.
    @FunctionalInterface
    interface Load {
        Map<String, Object> run(LoadTest test) throws IOException;
    }

    /// What distinguishes the kinds of load.
    ///
    /// @param streams how many
    /// @param writers that append
    /// @param readers that read or follow
    /// @param replays that read beside others
    /// @param rate of appends, 0 for no limit
    /// @param producers whether writers are idempotent producers
    /// @param fillBytes that are there to be read
    /// @param lastOnly whether only the last message is read
    record Shape(
            int streams,
            int writers,
            int readers,
            int replays,
            double rate,
            boolean producers,
            long fillBytes,
            boolean lastOnly) {}

    private static final String TOKEN_VARIABLE = "SILTSTONE_TOKEN";

    private final Console console;

    @Option(
            names = "--target",
            paramLabel = "URL",
            required = true,
            description =
                    "The server, as in http://127.0.0.1:4437; with a path, streams are made there"
                            + " instead of under /v1/stream/.")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Bearer token; better in the environment as " + TOKEN_VARIABLE + ".")
    private @Nullable String token;

    @Option(
            names = "--type",
            paramLabel = "KIND",
            description = "Content: bytes, text or json (default: json).")
    private ContentKind kind = ContentKind.JSON;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "100",
            description = "Bytes of a message (default: ${DEFAULT-VALUE}).")
    private long size;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "2s",
            description = "Load that is not measured (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration warmup;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "10s",
            description = "Load that is measured (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration duration;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description =
                    "How long to wait for what is under way at the end, or for anything before"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration timeout;

    @Option(names = "--no-check", description = "Do not read back what was appended.")
    private boolean unchecked;

    @Option(names = "--keep", description = "Do not remove the streams afterwards.")
    private boolean keep;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    BenchOptions(Console console) {
        this.console = console;
    }

    /// Runs a load and prints what it found.
    ///
    /// @return 6 if what was read is not what was acknowledged
    int run(Shape shape, Load load) throws IOException, CommandFailure {
        Map<String, Object> found = measure(shape, load);
        Facts facts = new Facts();
        found.forEach(facts::and);
        if (json) {
            facts.printJson(console);
        } else {
            facts.printText(console, text(found));
        }
        return Long.valueOf(0).equals(found.get("faults")) ? ExitCode.SUCCESS : ExitCode.DAMAGED;
    }

    private Map<String, Object> measure(Shape shape, Load load) throws IOException, CommandFailure {
        try (LoadTest test =
                new LoadTest(
                        Target.of(new URI(target)),
                        settings(shape),
                        BenchCommand.runName(),
                        BenchCommand.clock())) {
            return load.run(test);
        } catch (URISyntaxException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--target: '" + target + "' is no URL: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (LoadFailedException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private LoadSettings settings(Shape shape) {
        return new LoadSettings(
                kind,
                Math.clamp(size, 0, Integer.MAX_VALUE),
                shape.streams,
                shape.writers,
                shape.readers,
                shape.replays,
                shape.rate,
                shape.producers,
                shape.fillBytes,
                shape.lastOnly,
                warmup,
                duration,
                timeout,
                !unchecked,
                keep,
                token != null ? token : console.environment().get(TOKEN_VARIABLE));
    }

    /// Times and rates need no more than one place after the point.
    private static String text(Map<String, Object> facts) {
        Facts rounded = new Facts();
        facts.forEach((name, value) ->
                rounded.and(
                        name, value instanceof Double number ? "%,.1f".formatted(number) : value));
        return rounded.lines();
    }
}
