package dev.siltstone.cli;

import dev.siltstone.io.NanoClock;
import dev.siltstone.sqlite.replica.RestoreListener;
import dev.siltstone.sqlite.replica.RestorePlan;

/// Says how a restore gets on, every few seconds: nothing if it takes less.
///
/// Calls come one at a time.
final class RestoreMeter implements RestoreListener {
    private final Console console;
    private final ProgressMeter meter;
    private int foreign;

    RestoreMeter(Console console, NanoClock clock) {
        this.console = console;
        this.meter = new ProgressMeter(console, clock);
    }

    @Override
    public synchronized void planned(RestorePlan plan) {
        meter.begin();
        if (foreign == 0) {
            foreign = plan.foreign().size();
            ForeignNames.warn(console, plan.where(), plan.foreign());
        }
    }

    @Override
    public synchronized void progressed(long bytes, long total) {
        meter.progressed("restored", bytes, total);
    }
}
