package dev.siltstone.cli;

import dev.siltstone.layer.GcResult;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone layer gc --from URL`
@Command(
        name = "gc",
        description = {
            "Deletes what no layer needs, in two steps: condemned by one run, deleted by a later one.",
            "Safe while others push."
        })
final class LayerGcCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60m",
            description =
                    "How long something stays condemned; spares pushes under way work, and pulls of"
                            + " layers replaced meanwhile a failure (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration grace;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerGcCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.open()) {
            GcResult result = opened.layers().gc(grace);
            Facts facts =
                    new Facts()
                            .and("packs", result.listed())
                            .and("live", result.live())
                            .and("condemned", result.condemned())
                            .and("deleted", result.deleted())
                            .and("waiting", result.waiting());
            if (json) {
                facts.printJson(console);
            } else {
                facts.printLines(console);
            }
        }
        return ExitCode.SUCCESS;
    }
}
