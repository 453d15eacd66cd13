package dev.siltstone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone layer rm NAME --from URL`
@Command(name = "rm", description = "Takes a layer's name away; gc gives back what only it needed.")
final class LayerRemoveCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The layer.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerRemoveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.open()) {
            opened.layers().remove(name);
        }
        Facts facts = new Facts().and("removed", name);
        if (json) {
            facts.printJson(console);
        }
        return ExitCode.SUCCESS;
    }
}
