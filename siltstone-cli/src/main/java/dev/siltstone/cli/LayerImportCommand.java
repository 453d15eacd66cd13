package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.layer.Digest;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.TarMemory;
import dev.siltstone.layer.directory.TarImport;
import dev.siltstone.layer.tar.TarLimits;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone layer import FILE|URL NAME --to URL`
@Command(
        name = "import",
        description = {
            "Takes a tar (plain, .gz or .zst), or a layer of zlayer-storage, into the store.",
            "All of it is read and proven before anything is sent; what would lead out of its directory,"
                    + " or comes twice, is refused."
        })
final class LayerImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FILE|URL",
            description =
                    "A tar, or where zlayer-storage put a layer: <store>/<digest>, its .tar.zst and"
                            + " .meta.json beside each other.")
    @SuppressWarnings("NullAway.Init")
    private String source;

    @Parameters(index = "1", paramLabel = "NAME", description = "What the layer is called here.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        PushProgress progress = new PushProgress();
        try (ImportedTar tar = ImportedTar.of(source);
                LayerPlace.Opened opened = place.open();
                LayerMeter _ =
                        new LayerMeter(
                                console,
                                NanoClock.system(),
                                "imported",
                                progress::tarBytes,
                                () -> 0)) {
            TarImport entries = new TarImport(tar::open, source, TarLimits.DEFAULT);
            Digest diffId = entries.check();
            tar.require(diffId);
            Pushed pushed =
                    opened.layers()
                            .push(name, entries, TarMemory.NONE, PushSettings.defaults(), progress);
            print(pushed, diffId);
        }
        return ExitCode.SUCCESS;
    }

    private void print(Pushed pushed, Digest diffId) throws IOException {
        Facts facts =
                new Facts()
                        .and("name", pushed.name())
                        .and("identity", pushed.identity().toString())
                        .and("isNew", pushed.isNew())
                        .and("importedDiffId", "sha256:" + diffId)
                        .and("tarBytes", pushed.tarBytes())
                        .and("entries", pushed.entries())
                        .and("sentBytes", pushed.sentBytes());
        if (json) {
            facts.printJson(console);
            return;
        }
        facts.printText(
                console,
                "imported %s as %s: %d entries, %s, of which %s were sent%n"
                        .formatted(
                                pushed.name(),
                                pushed.identity(),
                                pushed.entries(),
                                Amount.bytes(pushed.tarBytes()),
                                Amount.bytes(pushed.sentBytes())));
    }
}
