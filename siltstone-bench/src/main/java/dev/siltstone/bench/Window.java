package dev.siltstone.bench;

/// When something happens, in nanoseconds of the run's clock: warm-up, then measuring, then waiting for what
/// is still on its way.
///
/// @param start of the warm-up
/// @param measureStart inclusive
/// @param measureEnd exclusive; nothing is sent from here on
/// @param deadline after which what has not come is lost
record Window(long start, long measureStart, long measureEnd, long deadline) {
    static Window of(long now, LoadSettings settings) {
        long measured = now + settings.warmup().toNanos();
        long end = measured + settings.duration().toNanos();
        return new Window(now, measured, end, end + settings.timeout().toNanos());
    }

    boolean measures(long time) {
        return time >= measureStart && time < measureEnd;
    }

    double seconds() {
        return (measureEnd - measureStart) / 1e9;
    }
}
