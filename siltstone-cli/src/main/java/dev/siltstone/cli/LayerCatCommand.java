package dev.siltstone.cli;

import dev.siltstone.layer.TarPath;
import dev.siltstone.layer.directory.LayerFile;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `siltstone layer cat NAME PATH --from URL`
@Command(name = "cat", description = "Prints one file of a layer, without fetching the others.")
final class LayerCatCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "NAME", description = "The layer.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Parameters(index = "1", paramLabel = "PATH", description = "The file, as UTF-8.")
    @SuppressWarnings("NullAway.Init")
    private String path;

    @Mixin private final LayerPlace place = new LayerPlace();

    LayerCatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.openForReading()) {
            LayerFile.copy(opened.layers().open(name), TarPath.of(path), console.out());
            console.out().flush();
        }
        return ExitCode.SUCCESS;
    }
}
