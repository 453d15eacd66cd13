package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.layer.LayerChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `siltstone layer diff BEFORE AFTER --from URL`
@Command(
        name = "diff",
        description = {
            "Tells what differs between two layers, by path: A added, R removed, C changed.",
            "Reads only what is not in both. Bytes of a path that are no text are written as \\xNN."
        })
final class LayerDiffCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "A layer.")
    @SuppressWarnings("NullAway.Init")
    private String before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "Another.")
    @SuppressWarnings("NullAway.Init")
    private String after;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(names = "--json", description = "Print a JSON array of objects.")
    private boolean json;

    LayerDiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.openForReading()) {
            List<LayerChange> changes =
                    opened.layers().open(before).changesTo(opened.layers().open(after));
            StringBuilder text = new StringBuilder();
            if (json) {
                List<Object> objects = new ArrayList<>();
                changes.forEach(change -> objects.add(object(change)));
                text.append(Json.write(objects)).append('\n');
            } else {
                changes.forEach(change ->
                        text.append(change.kind().name().charAt(0))
                                .append(' ')
                                .append(change.path())
                                .append('\n'));
            }
            console.out().write(text.toString().getBytes(UTF_8));
            console.out().flush();
        }
        return ExitCode.SUCCESS;
    }

    private static Map<String, @Nullable Object> object(LayerChange change) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("change", change.kind().name().toLowerCase(Locale.ROOT));
        object.put("path", change.path().toString());
        return object;
    }
}
