package dev.siltstone.sqlite.replica;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;

/// Says of each page which of several files has its newest image, so that files can be read in any order and
/// each page is still written once. Takes 4 bytes per page, outside the heap.
///
/// Files have numbers from 1, oldest first. Thread-safe.
final class PageOwners implements AutoCloseable {
    private static final VarHandle NUMBERS = ValueLayout.JAVA_INT.arrayElementVarHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment numbers;
    private final long pages;

    /// @param pages of the restored database
    PageOwners(long pages) {
        this.pages = pages;
        this.numbers = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, pages));
    }

    long pages() {
        return pages;
    }

    /// Says that a file has a page; one beyond the database does not count.
    void claim(int number, long pgno) {
        if (pgno < 1 || pgno > pages) {
            return;
        }
        while (true) {
            int owner = (int) NUMBERS.getVolatile(numbers, 0L, pgno - 1);
            if (owner >= number || NUMBERS.compareAndSet(numbers, 0L, pgno - 1, owner, number)) {
                return;
            }
        }
    }

    /// Returns the number of the file that has the newest image of a page, 0 if none has; 0 beyond the
    /// database.
    int of(long pgno) {
        return pgno < 1 || pgno > pages ? 0 : (int) NUMBERS.get(numbers, 0L, pgno - 1);
    }

    /// Checks that all pages are there, and that none is older than a cut: a file whose database ended before
    /// the page. If the page is there again, a later file must have it.
    ///
    /// @param files by number, from 1
    /// @param lockPage is in no file
    /// @throws ReplicaDamagedException naming the first page of which that is not so
    void check(List<RestoreFile> files, long lockPage) throws ReplicaDamagedException {
        long[] cutAfter = new long[files.size() + 1];
        cutAfter[files.size()] = Long.MAX_VALUE;
        for (int number = files.size() - 1; number >= 1; number--) {
            cutAfter[number] = Math.min(cutAfter[number + 1], files.get(number).commit());
        }
        for (long pgno = 1; pgno <= pages; pgno++) {
            int owner = of(pgno);
            if (pgno != lockPage && (owner == 0 || pgno > cutAfter[owner])) {
                String where =
                        owner == 0
                                ? "no file"
                                : files.get(owner - 1).source().file()
                                        + " only, and after "
                                        + cutter(files, owner, pgno).source().file()
                                        + " the database ended before it";
                throw new ReplicaDamagedException(
                        "page %d of %d is in %s, of the files up to %s"
                                .formatted(pgno, pages, where, files.getLast().source().file()));
            }
        }
    }

    /// Returns the first file behind a page's owner after which the database ended before the page.
    private static RestoreFile cutter(List<RestoreFile> files, int owner, long pgno) {
        return files.subList(owner, files.size()).stream()
                .filter(file -> file.commit() < pgno)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        arena.close();
    }
}
