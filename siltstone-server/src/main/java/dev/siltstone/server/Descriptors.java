package dev.siltstone.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How many connections the process has file descriptors for. Clients must never take the last ones: a
/// journal that cannot open its directory has failed for good.
final class Descriptors {
    /// What the journal, its readers and the program itself may need beside connections.
    private static final long OWN_MAX = 640;

    private Descriptors() {}

    /// Returns how many descriptors this process may have open; [Long#MAX_VALUE] if nothing bounds them or
    /// nobody can tell.
    static long max() {
        return ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean unix
                        && unix.getMaxFileDescriptorCount() > 0
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /// Returns how many connections may be open at once.
    ///
    /// @param wanted at most so many
    /// @param descriptorsMax of the process; where there are few, half of them are left to it
    static int connectionsMax(int wanted, long descriptorsMax) {
        long own = Math.min(OWN_MAX, descriptorsMax / 2);
        return (int) Math.clamp(descriptorsMax - own, 1, wanted);
    }
}
