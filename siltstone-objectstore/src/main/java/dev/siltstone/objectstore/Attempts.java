package dev.siltstone.objectstore;

import dev.siltstone.io.Pause;
import java.io.IOException;
import java.io.InterruptedIOException;

/// The attempts of one request: how many there were, and whether one of them may have happened.
///
/// Not thread-safe; one per request.
final class Attempts {
    private final int max;
    private final BackOff backOff;
    private final Pause pause;
    private int failures;
    private boolean effectUnknown;

    Attempts(int max, BackOff backOff, Pause pause) {
        this.max = max;
        this.backOff = backOff;
        this.pause = pause;
    }

    /// Returns whether a failed attempt may have done what it should.
    boolean effectUnknown() {
        return effectUnknown;
    }

    void progress() {
        failures = 0;
    }

    /// Waits before the next attempt, if there is to be one.
    ///
    /// @throws ObjectStoreException if there is not; its effect is unknown if that of any attempt is
    void failed(ObjectStoreException failure) throws IOException {
        effectUnknown |= failure.effectUnknown();
        failures++;
        if (!failure.retryHelps() || failures >= max) {
            throw effectUnknown && !failure.effectUnknown()
                    ? new EffectUnknownException(
                            "an attempt before may have succeeded; then: " + failure.getMessage(),
                            failure)
                    : failure;
        }
        waitABit();
    }

    private void waitABit() throws InterruptedIOException {
        try {
            pause.pause(backOff.delay(failures));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted between two attempts");
        }
    }
}
