package dev.siltstone.sqlite.replica;

/// A time in which a holder is neither renewed nor ended, so that somebody can read the whole database.
///
/// Thread-safe.
final class Pin {
    private volatile boolean lost;
    private volatile boolean released;

    /// Says that the holder is gone: what is read from now on is no state of the database.
    void lose() {
        lost = true;
    }

    /// Says that nobody reads any more.
    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }

    /// Makes sure that what was read up to now belongs together.
    void requireHeld() throws LostHoldException {
        if (lost) {
            throw new LostHoldException("the WAL was let go while the database was read");
        }
    }
}
