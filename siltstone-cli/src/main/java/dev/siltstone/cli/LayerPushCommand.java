package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.directory.TreePush;
import dev.siltstone.layer.directory.TreeSize;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.layer.tree.XattrRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone layer push DIR NAME --to URL`
@Command(
        name = "push",
        description = {
            "Puts a directory into the store under a name.",
            "Only what is new is sent; of a directory that was pushed from here before only what changed"
                    + " is read. A push that was broken off goes on when it is asked for again."
        })
final class LayerPushCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Parameters(index = "1", paramLabel = "NAME", description = "What the layer is called.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(
            names = "--memory",
            paramLabel = "DIR",
            description =
                    "What is remembered of pushes, so that unchanged files are not read (default:"
                            + " $$XDG_CACHE_HOME/siltstone/layers, else ~/.cache/siltstone/layers).")
    private @Nullable Path memory;

    @Option(
            names = "--fake-root",
            description = "Owners and the like that pull --fake-root put aside are the real ones.")
    private boolean fakeRoot;

    @Option(names = "--selinux", description = "Keep SELinux labels too.")
    private boolean selinux;

    @Option(
            names = "--no-diff-id",
            description =
                    "Do not compute the SHA-256 of the whole tar, which an export computes anyway: half of"
                            + " the hashing of a first push.")
    private boolean noDiffId;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    LayerPushCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        WalkSettings plain = WalkSettings.DEFAULT;
        WalkSettings walk = new WalkSettings(new XattrRules(selinux), fakeRoot, plain.depthMax());
        PushProgress progress = new PushProgress();
        try (LayerPlace.Opened opened = place.open();
                LayerMeter _ =
                        new LayerMeter(
                                console,
                                NanoClock.system(),
                                "pushed",
                                progress::tarBytes,
                                () -> TreeSize.of(directory, walk))) {
            TreePush push =
                    new TreePush(
                            opened.layers(),
                            place.url().toString(),
                            new RealDisk(),
                            memoryDirectory(),
                            LayerPlace.clock());
            print(
                    push.push(
                            directory,
                            name,
                            walk,
                            PushSettings.defaults().withDiffId(!noDiffId),
                            progress,
                            console::say));
        }
        return ExitCode.SUCCESS;
    }

    private Path memoryDirectory() {
        Path given = memory;
        if (given != null) {
            return given;
        }
        String cache = console.environment().getOrDefault("XDG_CACHE_HOME", "");
        Path base =
                cache.isEmpty()
                        ? Path.of(System.getProperty("user.home", "."), ".cache")
                        : Path.of(cache);
        return base.resolve("siltstone").resolve("layers");
    }

    private void print(Pushed pushed) throws IOException {
        Facts facts =
                new Facts()
                        .and("name", pushed.name())
                        .and("identity", pushed.identity().toString())
                        .and("number", pushed.number())
                        .and("isNew", pushed.isNew())
                        .and("diffId", pushed.diffId() == null ? null : "sha256:" + pushed.diffId())
                        .and("tarBytes", pushed.tarBytes())
                        .and("entries", pushed.entries())
                        .and("frames", pushed.frames())
                        .and("newFrames", pushed.newFrames())
                        .and("packs", pushed.packs())
                        .and("sentBytes", pushed.sentBytes());
        if (json) {
            facts.printJson(console);
            return;
        }
        facts.printText(
                console,
                "%s %s as %s: %d entries, %s, of which %s were sent%n"
                        .formatted(
                                pushed.isNew() ? "pushed" : "unchanged",
                                pushed.name(),
                                pushed.identity(),
                                pushed.entries(),
                                Amount.bytes(pushed.tarBytes()),
                                Amount.bytes(pushed.sentBytes())));
    }
}
