package dev.siltstone.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// The subcommands of a group. If the command line names one, only that is made: making one reads all its options by
/// reflection, and making all was half of what a short command cost.
///
/// Not thread-safe.
final class Subcommands {
    /// Makes a command.
    @FunctionalInterface
    interface Maker {
        /// @param words of the command line behind its name
        Object make(Console console, List<String> words);
    }

    private final Map<String, Maker> makers = new LinkedHashMap<>();

    /// @param name as the command's annotation tells it
    Subcommands with(String name, Maker maker) {
        makers.put(name, maker);
        return this;
    }

    /// Adds to a group the one that is named first, or all: to be told of, or because other words come first.
    CommandLine addTo(CommandLine group, Console console, List<String> words) {
        Maker meant = words.isEmpty() ? null : makers.get(words.getFirst());
        if (meant != null) {
            return group.addSubcommand(meant.make(console, words.subList(1, words.size())));
        }
        makers.values().forEach(maker -> group.addSubcommand(maker.make(console, List.of())));
        return group;
    }
}
