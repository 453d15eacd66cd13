package dev.siltstone.sqlite.replica;

/// Ends a simulated process at a certain point: from then on everything it tries fails.
final class CrashSwitch {
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the process is dead");
        }
    }

    private int left = Integer.MAX_VALUE;
    private int passed;

    /// Ends the process at the `nth` point from now on.
    synchronized void after(int nth) {
        left = nth;
    }

    synchronized void point() {
        passed++;
        if (left <= 0 || --left == 0) {
            throw new Crash();
        }
    }

    synchronized boolean isDead() {
        return left <= 0;
    }

    synchronized void revive() {
        left = Integer.MAX_VALUE;
    }

    synchronized int passed() {
        return passed;
    }
}
