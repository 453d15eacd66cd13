package dev.siltstone.cli;

/// Waits longer after every failure in a row, and says so once.
///
/// Not thread-safe.
final class Patience {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private final Console console;
    private long nextMillis = FIRST_MILLIS;

    Patience(Console console) {
        this.console = console;
    }

    /// @param reason why it failed
    /// @param offset where it will go on
    void afterFailure(String reason, String offset) throws InterruptedException {
        if (nextMillis == FIRST_MILLIS) {
            console.say(reason + "; trying again from offset " + offset);
        }
        console.pause().millis(nextMillis);
        nextMillis = Math.min(2 * nextMillis, LONGEST_MILLIS);
    }

    void afterSuccess() {
        nextMillis = FIRST_MILLIS;
    }
}
