package dev.siltstone.layer;

import java.util.LinkedHashMap;
import java.util.Map;

/// What an inspection tells of a file of layers, for people and their tools.
///
/// @param kind pack, frame, page, placement, record, state, layer, changes, name, frames, known frame or damaged
/// @param facts by name, in the order in which one would tell them; texts, numbers and truths
public record LayerFact(String kind, Map<String, Object> facts) {
    /// Begins a fact; more comes by [#and].
    public static LayerFact of(String kind) {
        return new LayerFact(kind, new LinkedHashMap<>());
    }

    /// Tells what is wrong with a file.
    ///
    /// @param filePosition where what is damaged begins
    public static LayerFact damaged(
            String file, long filePosition, String reason, Object expected, Object actual) {
        return of("damaged")
                .and("file", file)
                .and("filePosition", filePosition)
                .and("reason", reason)
                .and("expected", expected.toString())
                .and("actual", actual.toString());
    }

    public LayerFact and(String name, Object value) {
        facts.put(name, value);
        return this;
    }

    /// Says whether this is not what was written.
    public boolean isDamage() {
        return kind.equals("damaged");
    }

    /// Says whether it is a part of what was told before it.
    public boolean isPart() {
        return switch (kind) {
            case "pack", "record", "changes", "frames" -> false;
            default -> true;
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isDamage() ? "DAMAGED" : kind);
        String separator = " ";
        for (Map.Entry<String, Object> fact : facts.entrySet()) {
            text.append(separator).append(fact.getKey()).append(' ').append(fact.getValue());
            separator = ", ";
        }
        return text.toString();
    }
}
