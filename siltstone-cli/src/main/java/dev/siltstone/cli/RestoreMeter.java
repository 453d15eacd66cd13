package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.sqlite.replica.RestoreListener;
import dev.siltstone.sqlite.replica.RestorePlan;
import java.time.Duration;

/// Says how a restore gets on, every few seconds: nothing if it takes less.
///
/// Calls come one at a time.
final class RestoreMeter implements RestoreListener {
    private static final long SILENCE_NANOS = 3_000_000_000L;

    private final Console console;
    private final NanoClock clock;
    private long startNanos;
    private long saidNanos;
    private int foreign;

    RestoreMeter(Console console, NanoClock clock) {
        this.console = console;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.saidNanos = startNanos;
    }

    @Override
    public synchronized void planned(RestorePlan plan) {
        startNanos = clock.nanoTime();
        saidNanos = startNanos;
        if (foreign == 0) {
            foreign = plan.foreign().size();
            ForeignNames.warn(console, plan.where(), plan.foreign());
        }
    }

    @Override
    public synchronized void progressed(long bytes, long total) {
        long now = clock.nanoTime();
        if (now - saidNanos < SILENCE_NANOS || bytes <= 0) {
            return;
        }
        saidNanos = now;
        double seconds = (now - startNanos) / 1e9;
        double rate = bytes / seconds;
        Duration left = Duration.ofSeconds(Math.round((total - bytes) / rate));
        console.say(
                "restored %s of %s, %s/s, %s left"
                        .formatted(
                                Amount.bytes(bytes),
                                Amount.bytes(total),
                                Amount.bytes(rate),
                                Amount.time(left)));
    }
}
