package dev.siltstone.io;

import java.time.Duration;

/// Lets the calling thread wait; the sister of [NanoClock].
@FunctionalInterface
public interface Pause {
    /// Waits as long as said.
    ///
    /// @throws InterruptedException if the thread was interrupted, before or meanwhile
    void pause(Duration duration) throws InterruptedException;

    /// Returns the pause of this machine.
    static Pause system() {
        return Thread::sleep;
    }
}
