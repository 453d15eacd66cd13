package dev.siltstone.cli;

import java.time.Duration;
import java.util.Locale;

/// Amounts as people read them.
final class Amount {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    private Amount() {}

    /// Returns for example `812 bytes` or `1.5 GiB`.
    static String bytes(double bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= STEP && unit < UNITS.length - 1) {
            amount /= STEP;
            unit++;
        }
        return unit == 0
                ? Math.round(amount) + " bytes"
                : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }

    /// Returns for example `42 s`, `3 min 5 s` or `2 h 10 min`.
    static String time(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? "%d min %d s".formatted(seconds / 60, seconds % 60)
                : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
    }
}
