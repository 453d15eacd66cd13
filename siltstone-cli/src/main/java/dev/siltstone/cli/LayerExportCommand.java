package dev.siltstone.cli;

import dev.siltstone.layer.Exported;
import dev.siltstone.layer.Layer;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.directory.OciExport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone layer export NAME FILE --from URL`
@Command(
        name = "export",
        description = {
            "Writes a layer as .tar.zst, which every zstd and tar reads; nothing is packed anew.",
            "Prints the digests of the tar (diffID) and of the file."
        })
final class LayerExportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "NAME", description = "The layer.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file; must not be there.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(
            names = "--oci",
            description =
                    "As a layer of an OCI image: whiteouts of OverlayFS become .wh.NAME; a file that is"
                            + " called so is an error.")
    private boolean oci;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        if (Files.exists(file)) {
            throw new CommandFailure(ExitCode.CONFLICT, file + ": there is a file of that name");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (LayerPlace.Opened opened = place.openForReading()) {
            Layer layer = opened.layers().open(name);
            Exported exported;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                exported =
                        oci
                                ? new OciExport(layer, PullSettings.defaults()).writeTo(out)
                                : layer.exportTo(out, PullSettings.defaults());
            }
            Files.move(part, file);
            print(exported);
        } finally {
            Files.deleteIfExists(part);
        }
        return ExitCode.SUCCESS;
    }

    private void print(Exported exported) throws IOException {
        Facts facts =
                new Facts()
                        .and("file", file.toString())
                        .and("mediaType", Exported.MEDIA_TYPE)
                        .and("diffId", "sha256:" + exported.diffId())
                        .and("tarBytes", exported.tarBytes())
                        .and("digest", "sha256:" + exported.blob())
                        .and("bytes", exported.blobBytes());
        if (json) {
            facts.printJson(console);
        } else {
            facts.printLines(console);
        }
    }
}
