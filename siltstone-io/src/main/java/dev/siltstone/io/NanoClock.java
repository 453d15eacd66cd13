package dev.siltstone.io;

/// A monotonic clock for measuring spans; its zero is arbitrary.
@FunctionalInterface
public interface NanoClock {
    /// Returns nanoseconds since an arbitrary origin; never decreases.
    long nanoTime();

    /// Returns the clock of this machine.
    static NanoClock system() {
        return System::nanoTime;
    }
}
