package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Says how far a push or pull is, every few seconds: nothing if it takes less.
///
/// Has a thread of its own until it is closed.
final class LayerMeter implements Closeable {
    private static final long SILENCE_SECONDS = 3;

    private final Console console;
    private final NanoClock clock;
    private final String what;
    private final LongSupplier done;
    private final LongSupplier total;
    private final long startNanos;
    private final CountDownLatch closed = new CountDownLatch(1);

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
        var _ = Thread.ofPlatform().daemon().name("layer-meter").start(this::run);
    }

    private void run() {
        try {
            long all = -1;
            while (!closed.await(SILENCE_SECONDS, TimeUnit.SECONDS)) {
                all = all < 0 ? total.getAsLong() : all;
                say(all);
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
        closed.countDown();
    }
}
