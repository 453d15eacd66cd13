package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.layer.LayerInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `siltstone layer ls --from URL`
@Command(
        name = "ls",
        description = "Lists the layers: identity, when it was pushed, bytes, entries, name.")
final class LayerListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final LayerPlace place = new LayerPlace();

    @Option(names = "--json", description = "Print a JSON array of objects.")
    private boolean json;

    LayerListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (LayerPlace.Opened opened = place.openForReading()) {
            List<LayerInfo> layers = opened.layers().list();
            StringBuilder text = new StringBuilder();
            if (json) {
                List<Object> objects = new ArrayList<>();
                layers.forEach(layer -> objects.add(object(layer)));
                text.append(Json.write(objects)).append('\n');
            } else {
                layers.forEach(layer -> text.append(line(layer)).append('\n'));
            }
            console.out().write(text.toString().getBytes(UTF_8));
            console.out().flush();
        }
        return ExitCode.SUCCESS;
    }

    private static String line(LayerInfo layer) {
        return "%s  %s  %12d  %8d  %s"
                .formatted(
                        layer.identity(),
                        layer.committed(),
                        layer.tarBytes(),
                        layer.entries(),
                        layer.name());
    }

    private static Map<String, @Nullable Object> object(LayerInfo layer) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("name", layer.name());
        object.put("identity", layer.identity().toString());
        object.put("number", layer.number());
        object.put("time", layer.committed().toString());
        object.put("tarBytes", layer.tarBytes());
        object.put("entries", layer.entries());
        object.put("packs", layer.packs());
        return object;
    }
}
