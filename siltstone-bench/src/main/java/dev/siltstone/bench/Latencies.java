package dev.siltstone.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How long things took; three digits, up to an hour.
final class Latencies {
    private static final long MAX = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    private static final double MICRO = 1e3;
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final String[] NAMES = {"p50Micros", "p99Micros", "p999Micros"};

    private final Histogram histogram = new Histogram(MAX, DIGITS);

    void add(long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, MAX));
    }

    void clear() {
        histogram.reset();
    }

    long count() {
        return histogram.getTotalCount();
    }

    /// Returns microseconds by name; empty if nothing was measured.
    Map<String, Object> facts(String prefix) {
        Map<String, Object> facts = new LinkedHashMap<>();
        if (count() > 0) {
            for (int i = 0; i < NAMES.length; i++) {
                facts.put(
                        named(prefix, NAMES[i]),
                        histogram.getValueAtPercentile(PERCENTILES[i]) / MICRO);
            }
            facts.put(named(prefix, "maxMicros"), histogram.getMaxValue() / MICRO);
        }
        return facts;
    }

    private static String named(String prefix, String name) {
        return prefix.isEmpty()
                ? name
                : prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
