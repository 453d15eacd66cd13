package dev.siltstone.objectstore;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests and bytes by kind of call; several stores may share one.
///
/// Thread-safe.
public final class StoreMeter {
    private static final class Counters {
        private final LongAdder requests = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private final LongAdder sentBytes = new LongAdder();
        private final LongAdder receivedBytes = new LongAdder();

        private StoreUsage.Calls sum() {
            return new StoreUsage.Calls(
                    requests.sum(), failures.sum(), sentBytes.sum(), receivedBytes.sum());
        }
    }

    private final Map<CallKind, Counters> byKind = new EnumMap<>(CallKind.class);

    public StoreMeter() {
        for (CallKind kind : CallKind.values()) {
            byKind.put(kind, new Counters());
        }
    }

    /// Returns what was counted up to now. Counts of calls under way may be a part of it.
    public StoreUsage usage() {
        Map<CallKind, StoreUsage.Calls> calls = new EnumMap<>(CallKind.class);
        byKind.forEach((kind, counters) -> {
            StoreUsage.Calls sum = counters.sum();
            if (!sum.equals(StoreUsage.Calls.NONE)) {
                calls.put(kind, sum);
            }
        });
        return new StoreUsage(calls);
    }

    void request(CallKind kind) {
        of(kind).requests.increment();
    }

    void failure(CallKind kind) {
        of(kind).failures.increment();
    }

    void sent(CallKind kind, long bytes) {
        of(kind).sentBytes.add(bytes);
    }

    void received(CallKind kind, long bytes) {
        of(kind).receivedBytes.add(bytes);
    }

    private Counters of(CallKind kind) {
        return Objects.requireNonNull(byKind.get(kind));
    }
}
