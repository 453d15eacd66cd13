package dev.siltstone.stream;

import java.util.Map;

/// What [CatalogInspection] tells about a row of the catalog, for people and their tools.
///
/// @param kind log, segment, stream, run or damaged
/// @param facts by name, in the order in which one would tell them; texts, numbers and truths
public record CatalogFact(String kind, Map<String, Object> facts) {
    /// Says whether this is not what was written.
    public boolean isDamage() {
        return kind.equals("damaged");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind);
        String separator = " ";
        for (Map.Entry<String, Object> fact : facts.entrySet()) {
            text.append(separator).append(fact.getKey()).append(' ').append(fact.getValue());
            separator = ", ";
        }
        return text.toString();
    }
}
