package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.ltx.DatabaseChecksum;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.wal.FrameSink;
import dev.siltstone.sqlite.wal.WalFrame;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalPosition;
import dev.siltstone.sqlite.wal.WalRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The page checksums of a live database at one commit, the *base*, and what it takes to find those at each
/// commit after it, as long as a reader of ours holds the WAL.
///
/// ```
///   the reader begins --> NOOP says what is committed: the base --> all pages are read at the base
///                                                        \--> frames after it: one state per commit
/// ```
///
/// Why nothing is missed: the base lies at the reader's begin or after it. Frames after the reader's begin are not
/// copied to the database file while it reads, so a WAL that has some does not restart. If it has none, all of it
/// was in the file when the reader began, and a new generation goes on from the base.
///
/// Takes 8 bytes of memory per page. Not thread-safe.
final class LivePages {
    private static final int LOOKS_MAX = 1_000;

    private final SourceConnection checkpointer;
    private final WalFile wal;
    private final int pageSize;
    private final @Nullable WalPosition base;
    private final long[] sums;
    private final long checksum;

    private LivePages(
            SourceConnection checkpointer,
            WalFile wal,
            int pageSize,
            @Nullable WalPosition base,
            long[] sums) {
        this.checkpointer = checkpointer;
        this.wal = wal;
        this.pageSize = pageSize;
        this.base = base;
        this.sums = sums;
        DatabaseChecksum all = new DatabaseChecksum(pageSize);
        for (int i = 0; i < sums.length; i++) {
            all.toggle(i + 1L, sums[i]);
        }
        this.checksum = all.value();
    }

    /// A state of the database.
    ///
    /// @param pages how many it has
    /// @param changed checksums of the pages that are others than at the base
    record State(long pages, Map<Long, Long> changed) {}

    /// How the WAL stands.
    private record Look(WalHeaderFound header, long frames) {}

    /// Reads all pages.
    ///
    /// @param checkpointer a connection; another one has begun to read, and goes on
    /// @throws SourceException if it has no WAL any more, or more pages than an array has places
    static LivePages read(
            SourceConnection checkpointer, WalFile wal, DiskFile database, int pageSize)
            throws IOException {
        Look look = look(checkpointer, wal);
        if (look.header() instanceof WalHeaderFound.Valid(WalHeader header)) {
            WalPosition base = position(wal, header, look.frames());
            long pages =
                    look.frames() == 0
                            ? database.size() / pageSize
                            : frame(wal, header, look.frames()).commitPages();
            // Not closed: the WAL's file is the caller's, and so is the reader that holds it.
            PinnedView view = PinnedView.of(wal, database, base, pages, new Pin());
            return new LivePages(
                    checkpointer, wal, pageSize, base, sums(pages, pageSize, view::read));
        }
        return new LivePages(
                checkpointer,
                wal,
                pageSize,
                null,
                sums(
                        database.size() / pageSize,
                        pageSize,
                        (pgno, page) -> database.read(page, (pgno - 1) * pageSize)));
    }

    private static Look look(SourceConnection checkpointer, WalFile wal) throws IOException {
        for (int attempt = 0; attempt < LOOKS_MAX; attempt++) {
            WalHeaderFound header = wal.header();
            WalIndex index = checkpointer.noop();
            if (index == null) {
                continue;
            }
            if (index.frames() < 0) {
                throw new SourceException("the database is not in WAL mode any more");
            }
            boolean whole = index.frames() == 0 || header instanceof WalHeaderFound.Valid;
            if (whole && header.equals(wal.header())) {
                return new Look(header, index.frames());
            }
        }
        throw new IOException("the WAL restarts all the time; trying again may help");
    }

    private static WalFrame frame(WalFile wal, WalHeader header, long number) throws IOException {
        return wal.frame(header, number)
                .orElseThrow(
                        () -> new IOException("frame %d of the WAL is cut off".formatted(number)));
    }

    private static WalPosition position(WalFile wal, WalHeader header, long frames)
            throws IOException {
        if (frames == 0) {
            return header.start();
        }
        WalFrame last = frame(wal, header, frames);
        return new WalPosition(header, frames, last.checksum1(), last.checksum2());
    }

    /// Gives pages.
    @FunctionalInterface
    interface PageReader {
        /// Fills `page`; leaves it as it is where there is nothing.
        void read(long pgno, ByteBuffer page) throws IOException;
    }

    /// Returns the checksums of pages 1 and on; the lock page has some, which does not count.
    static long[] sums(long pages, int pageSize, PageReader reader) throws IOException {
        if (pages > Integer.MAX_VALUE - 8) {
            throw new SourceException("a database of " + pages + " pages is too large to compare");
        }
        long[] sums = new long[(int) pages];
        ByteBuffer page = ByteBuffer.allocateDirect(pageSize);
        for (int i = 0; i < sums.length; i++) {
            reader.read(i + 1L, page.clear());
            sums[i] = PageChecksum.of(i + 1L, page.clear());
        }
        return sums;
    }

    /// Looks for the commit, at the base or after it, at which the database had a checksum.
    Optional<State> find(long wanted) throws IOException {
        return walk(wanted).found();
    }

    /// Returns the state now: no page that is not in its changes has changed since the base.
    State now() throws IOException {
        Walk walk = walk(0);
        return new State(walk.pages, walk.changed);
    }

    long checksum() {
        return checksum;
    }

    /// Returns the checksum of a page in a state; 0 if it has no such page.
    long sum(State state, long pgno) {
        Long changed = state.changed().get(pgno);
        return changed == null ? baseSum(pgno) : changed;
    }

    private long baseSum(long pgno) {
        return pgno <= sums.length ? sums[(int) pgno - 1] : 0;
    }

    private Walk walk(long wanted) throws IOException {
        Walk walk = new Walk(wanted);
        Look look = look(checkpointer, wal);
        if (!(look.header() instanceof WalHeaderFound.Valid(WalHeader header))) {
            return walk;
        }
        boolean same = base != null && base.header().isSameGeneration(header);
        WalPosition from = same && base != null ? base : header.start();
        if (look.frames() < from.frame()) {
            throw new LostHoldException("the WAL is shorter than it was; trying again may help");
        }
        switch (wal.reader().read(from, look.frames(), walk)) {
            case WalRead.Reached _ -> {}
            case WalRead.Damaged(WalPosition position, var _, var _, var _, var _, var _) ->
                    wal.reader().readUnchecked(position, look.frames(), walk);
            case WalRead.Restarted _ ->
                    throw new LostHoldException("the WAL restarted; trying again may help");
        }
        return walk;
    }

    /// Goes from commit to commit until the database has a checksum.
    private final class Walk implements FrameSink {
        private final long wanted;
        private final DatabaseChecksum all = new DatabaseChecksum(pageSize, checksum);
        private final Map<Long, Long> changed = new HashMap<>();
        private final Map<Long, Long> transaction = new HashMap<>();
        private long pages = sums.length;
        private boolean there;

        Walk(long wanted) {
            this.wanted = wanted;
            this.there = all.value() == wanted;
        }

        Optional<State> found() {
            return there ? Optional.of(new State(pages, changed)) : Optional.empty();
        }

        @Override
        public void frame(long frame, long pgno, long commitPages, ByteBuffer page) {
            if (there) {
                return;
            }
            transaction.put(pgno, PageChecksum.of(pgno, page));
            if (commitPages != 0) {
                transaction.forEach(this::set);
                transaction.clear();
                for (long gone = commitPages + 1; gone <= pages; gone++) {
                    set(gone, 0L);
                }
                pages = commitPages;
                there = all.value() == wanted;
            }
        }

        private void set(long pgno, long sum) {
            Long before = changed.put(pgno, sum);
            all.replace(pgno, before == null ? baseSum(pgno) : before, sum);
        }
    }
}
