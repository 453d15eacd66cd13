package dev.siltstone.objectstore;

import java.util.EnumMap;
import java.util.Map;

/// What was asked of a store up to a moment.
///
/// @param calls by kind; kinds never called are missing
public record StoreUsage(Map<CallKind, Calls> calls) {
    /// @param requests made, the failed ones too
    /// @param failures how many of them failed; a conditional put that found its key taken did not
    /// @param sentBytes of bodies put, repeated ones each time
    /// @param receivedBytes of bodies read
    public record Calls(long requests, long failures, long sentBytes, long receivedBytes) {
        static final Calls NONE = new Calls(0, 0, 0, 0);

        Calls minus(Calls earlier) {
            return new Calls(
                    requests - earlier.requests,
                    failures - earlier.failures,
                    sentBytes - earlier.sentBytes,
                    receivedBytes - earlier.receivedBytes);
        }

        Calls plus(Calls other) {
            return new Calls(
                    requests + other.requests,
                    failures + other.failures,
                    sentBytes + other.sentBytes,
                    receivedBytes + other.receivedBytes);
        }
    }

    public StoreUsage {
        calls = Map.copyOf(calls);
    }

    /// Returns how many requests of each kind were made, without kinds of which there were none.
    public Map<CallKind, Long> requests() {
        Map<CallKind, Long> requests = new EnumMap<>(CallKind.class);
        calls.forEach((kind, made) -> requests.put(kind, made.requests));
        return requests;
    }

    /// Returns everything together.
    public Calls total() {
        return calls.values().stream().reduce(Calls.NONE, Calls::plus);
    }

    /// Returns what happened since an earlier reading of the same meter.
    public StoreUsage since(StoreUsage earlier) {
        Map<CallKind, Calls> made = new EnumMap<>(CallKind.class);
        calls.forEach((kind, now) -> {
            Calls difference = now.minus(earlier.calls.getOrDefault(kind, Calls.NONE));
            if (!difference.equals(Calls.NONE)) {
                made.put(kind, difference);
            }
        });
        return new StoreUsage(made);
    }
}
