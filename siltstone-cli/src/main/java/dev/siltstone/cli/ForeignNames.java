package dev.siltstone.cli;

import dev.siltstone.rangestore.RemoteRanges;
import java.util.ArrayList;
import java.util.List;

/// Warns of objects below a replica that are no part of it.
final class ForeignNames {
    private static final int SHOWN_MAX = 3;

    private ForeignNames() {}

    static void warn(Console console, RemoteRanges remote) {
        List<String> names = new ArrayList<>();
        for (int level = 0; level < remote.known().levels(); level++) {
            names.addAll(remote.foreignNames(level));
        }
        warn(console, remote.toString(), names);
    }

    static void warn(Console console, String where, List<String> names) {
        if (!names.isEmpty()) {
            List<String> shown = names.subList(0, Math.min(SHOWN_MAX, names.size()));
            console.say(
                    "%s: ignored what is no LTX file: %s%s"
                            .formatted(
                                    where,
                                    String.join(", ", shown),
                                    names.size() > shown.size()
                                            ? " and %d more".formatted(names.size() - shown.size())
                                            : ""));
        }
    }
}
