package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import java.io.Closeable;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Says how far a push or pull is, every few seconds: nothing if it takes less.
///
/// Has a thread of its own until it is closed.
final class LayerMeter implements Closeable {
    private static final long SILENCE_MILLIS = 3000;

    private final Console console;
    private final NanoClock clock;
    private final String what;
    private final LongSupplier done;
    private final LongSupplier total;
    private final long startNanos;
    private final Thread thread;

    /// @param what is done: `pushed`
    /// @param total bytes there will be; 0 if nobody knows. Asked once, when there is something to say
    LayerMeter(
            Console console, NanoClock clock, String what, LongSupplier done, LongSupplier total) {
        this.console = console;
        this.clock = clock;
        this.what = what;
        this.done = done;
        this.total = total;
        startNanos = clock.nanoTime();
        thread = Thread.ofPlatform().daemon().name("layer-meter").start(this::run);
    }

    private void run() {
        try {
            console.pause().millis(SILENCE_MILLIS);
            long all = total.getAsLong();
            while (true) {
                say(all);
                console.pause().millis(SILENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(long all) {
        long bytes = done.getAsLong();
        double rate = bytes / ((clock.nanoTime() - startNanos) / 1e9);
        if (all <= bytes || bytes == 0) {
            console.say("%s %s, %s/s".formatted(what, Amount.bytes(bytes), Amount.bytes(rate)));
            return;
        }
        Duration left = Duration.ofSeconds(Math.round((all - bytes) / rate));
        console.say(
                "%s %s of %s, %s/s, %s left"
                        .formatted(
                                what,
                                Amount.bytes(bytes),
                                Amount.bytes(all),
                                Amount.bytes(rate),
                                Amount.time(left)));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
