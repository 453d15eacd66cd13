package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.Layer;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.directory.TreePull;
import dev.siltstone.layer.tar.Whiteouts;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `siltstone layer pull NAME DIR --from URL`
@Command(
        name = "pull",
        description = {
            "Makes a directory of a layer.",
            "Every byte is proven before it is written; the directory appears, or is replaced, in one"
                    + " step. A pull that was broken off goes on when it is asked for again."
        })
final class LayerPullCommand implements Callable<Integer> {
    /// What another user than root wants.
    private static final class Owners {
        @Option(
                names = "--no-owner",
                description = "Everything belongs to this user; owners are not set.")
        private boolean none;

        @Option(
                names = "--fake-root",
                description =
                        "What only root may set is put aside in attributes, from where push --fake-root"
                                + " takes it.")
        private boolean fakeRoot;
    }

    private final Console console;

    @Parameters(index = "0", paramLabel = "NAME", description = "The layer.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            description = "The directory to make; the one it is in must exist.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Mixin private final LayerPlace place = new LayerPlace();

    @ArgGroup private Owners owners = new Owners();

    @Option(
            names = "--whiteouts",
            paramLabel = "keep|overlay",
            defaultValue = "keep",
            description =
                    "overlay: names .wh.* of OCI layers become what OverlayFS knows (default:"
                            + " ${DEFAULT-VALUE}).")
    private String whiteouts = "keep";

    @Option(names = "--replace", description = "Replace a directory that is there.")
    private boolean replace;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    LayerPullCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        ExtractionSettings settings = settings();
        if (!replace && Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    ExitCode.CONFLICT,
                    directory + ": there is something already; --replace gives it up");
        }
        AtomicLong done = new AtomicLong();
        try (LayerPlace.Opened opened = place.openForReading()) {
            Layer layer = opened.layers().open(name);
            TreePull pull = new TreePull(layer, new RealDisk(), PullSettings.defaults());
            try (LayerMeter _ =
                    new LayerMeter(
                            console,
                            NanoClock.system(),
                            "pulled",
                            done::get,
                            layer.info()::tarBytes)) {
                print(layer, pull.pull(directory, settings, done::set, console::say));
            }
        }
        return ExitCode.SUCCESS;
    }

    private ExtractionSettings settings() {
        Ownership ownership = Ownership.KEEP;
        if (owners.none) {
            ownership = Ownership.NONE;
        } else if (owners.fakeRoot) {
            ownership = Ownership.FAKE_ROOT;
        }
        try {
            ExtractionSettings settings =
                    ExtractionSettings.DEFAULT
                            .withOwnership(ownership)
                            .withWhiteouts(Whiteouts.parse(whiteouts));
            return replace ? settings.replacing() : settings;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "" + e.getMessage(), e);
        }
    }

    private void print(Layer layer, TreePull.Pulled pulled) throws IOException {
        Facts facts =
                new Facts()
                        .and("name", name)
                        .and("directory", directory.toString())
                        .and("identity", layer.info().identity().toString())
                        .and("entries", pulled.entries())
                        .and("tarBytes", layer.info().tarBytes())
                        .and("resumedAt", pulled.resumedAt());
        if (json) {
            facts.printJson(console);
            return;
        }
        facts.printText(
                console,
                "pulled %s to %s: %d entries, %s%n"
                        .formatted(
                                name,
                                directory,
                                pulled.entries(),
                                Amount.bytes(layer.info().tarBytes())));
    }
}
