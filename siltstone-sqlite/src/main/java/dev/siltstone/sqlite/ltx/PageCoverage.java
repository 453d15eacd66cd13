package dev.siltstone.sqlite.ltx;

/// Which pages a file must hold so that the pages of the database are all known after it. A snapshot must
/// hold all of them, whatever this says.
///
/// @param previousCommit pages of the database before the file; those behind must all be in it; -1 if unknown
public record PageCoverage(long previousCommit) {
    private static final long UNKNOWN_COMMIT = -1;

    /// Nothing is known about the database before: only the order of the pages is checked.
    public static final PageCoverage UNKNOWN = new PageCoverage(UNKNOWN_COMMIT);

    public PageCoverage {
        if (previousCommit < UNKNOWN_COMMIT) {
            throw new IllegalArgumentException("a database of " + previousCommit + " pages");
        }
    }

    /// The database had that many pages before: pages it grew by must be in the file.
    public static PageCoverage grownFrom(long previousCommit) {
        return new PageCoverage(previousCommit);
    }

    /// Returns the page from which on none may be missing.
    long completeFrom(LtxHeader header) {
        if (header.isSnapshot()) {
            return 1;
        }
        return previousCommit == UNKNOWN_COMMIT ? Long.MAX_VALUE : previousCommit + 1;
    }
}
