package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import java.time.Duration;

/// Says how long work gets on, with its rate and what time is left, every few seconds: nothing if it takes less.
///
/// Not thread-safe.
final class ProgressMeter {
    private static final long SILENCE_NANOS = 3_000_000_000L;

    private final Console console;
    private final NanoClock clock;
    private long startNanos;
    private long saidNanos;

    ProgressMeter(Console console, NanoClock clock) {
        this.console = console;
        this.clock = clock;
        begin();
    }

    /// Begins anew: with another step of the work, or from its first byte again.
    void begin() {
        startNanos = clock.nanoTime();
        saidNanos = startNanos;
    }

    /// @param what was done to the bytes, in the past tense, with its subject if needed
    void progressed(String what, long bytes, long total) {
        long now = clock.nanoTime();
        boolean tooLittleForARate = bytes <= 0 || bytes < total / 100;
        if (now - saidNanos < SILENCE_NANOS || tooLittleForARate) {
            return;
        }
        saidNanos = now;
        double rate = bytes / ((now - startNanos) / 1e9);
        Duration left = Duration.ofSeconds(Math.round((total - bytes) / rate));
        console.say(
                "%s %s of %s, %s/s, %s left"
                        .formatted(
                                what,
                                Amount.bytes(bytes),
                                Amount.bytes(total),
                                Amount.bytes(rate),
                                Amount.time(left)));
    }
}
