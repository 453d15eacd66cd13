package dev.siltstone.cli;

import dev.siltstone.layer.VerifyResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone layer verify --from URL`
@Command(
        name = "verify",
        description = "Reads everything that any layer needs, and proves it. Exits with 6 if not.")
final class LayerVerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.openForReading()) {
            VerifyResult result = opened.layers().verify();
            Facts facts =
                    new Facts()
                            .and("layers", result.layers())
                            .and("packs", result.packs())
                            .and("frames", result.frames())
                            .and("bytes", result.bytes());
            if (json) {
                facts.and("findings", result.findings()).printJson(console);
            } else {
                result.findings().forEach(console::say);
                facts.and("findings", result.findings().size()).printLines(console);
            }
            return result.findings().isEmpty() ? ExitCode.SUCCESS : ExitCode.DAMAGED;
        }
    }
}
