package dev.siltstone.sqlite.ltx;

import org.jspecify.annotations.Nullable;

/// The rules about which page may follow which: ascending, none beyond the commit, never the lock page, and
/// none missing where they must all be there.
///
/// Not thread-safe.
final class PageOrder {
    private final long commit;
    private final long lockPage;
    private final long completeFrom;
    private long last;
    private long count;

    PageOrder(LtxHeader header, PageCoverage coverage) {
        this.commit = header.commit();
        this.lockPage = header.lockPage();
        this.completeFrom = coverage.completeFrom(header);
    }

    long last() {
        return last;
    }

    /// Returns the number of pages so far.
    long count() {
        return count;
    }

    /// Takes the next page.
    ///
    /// @return what is wrong with it, or `null`
    @Nullable Wrong next(long pgno, long filePosition) {
        if (pgno <= last) {
            String expected = "more than " + last;
            return new Wrong(filePosition, "page number", expected, Long.toString(pgno));
        }
        if (pgno > commit) {
            String expected = "up to the commit, " + commit;
            return new Wrong(filePosition, "page number", expected, Long.toString(pgno));
        }
        if (pgno == lockPage) {
            return new Wrong(filePosition, "page number", "no lock page", Long.toString(pgno));
        }
        long due = due();
        if (pgno > due && due >= completeFrom) {
            return missing(due, filePosition, "page " + pgno);
        }
        last = pgno;
        count++;
        return null;
    }

    /// Says what is wrong with there being no more pages, or `null`.
    @Nullable Wrong end(long filePosition) {
        long due = due();
        return due <= commit && completeFrom <= commit
                ? missing(due, filePosition, "the last page")
                : null;
    }

    /// The first page behind the last that must not be missing.
    private long due() {
        long due = Math.max(last + 1, completeFrom);
        return due == lockPage ? due + 1 : due;
    }

    private static Wrong missing(long due, long filePosition, String before) {
        return new Wrong(filePosition, "missing page", "page " + due, before);
    }
}
