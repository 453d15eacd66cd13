package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalPosition;
import dev.siltstone.sqlite.wal.WalRead;
import dev.siltstone.sqlite.wal.WalReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A database as it was after a certain commit: pages from the WAL where it has them, from the database file
/// else. Valid while a holder keeps the WAL from restarting and its frames from being copied beyond that commit.
///
/// Why the database file may be read meanwhile: a page that a checkpoint changes in it has its frame, of that
/// commit or before, in the WAL, and is read from there.
///
/// Any thread may read, one at a time; the reader of the WAL must be its own.
final class PinnedView {
    private static final int PAGE_COUNT_OFFSET = 28;

    private final DiskFile database;
    private final WalReader wal;
    private final WalHeader header;
    private final PageMap frames;
    private final long pages;

    private PinnedView(
            DiskFile database, WalReader wal, WalHeader header, PageMap frames, long pages) {
        this.database = database;
        this.wal = wal;
        this.header = header;
        this.frames = frames;
        this.pages = pages;
    }

    /// Looks through the WAL from its first frame up to a commit.
    ///
    /// @param wal a reader of the `-wal` file for this view alone
    /// @param end the place behind the commit
    static PinnedView of(WalReader wal, DiskFile database, WalPosition end) throws IOException {
        WalHeader header = end.header();
        PageMap frames = new PageMap();
        long[] pages = {0};
        if (end.frame() > 0) {
            WalRead read =
                    wal.read(
                            header.start(),
                            end.frame(),
                            (frame, pgno, commitPages, page) -> {
                                frames.put(pgno, frame);
                                pages[0] = commitPages == 0 ? pages[0] : commitPages;
                            });
            if (!(read instanceof WalRead.Reached(WalPosition reached, long _))
                    || !reached.equals(end)) {
                throw new LostHoldException("the WAL is not what was captured of it: " + read);
            }
        }
        PinnedView view = new PinnedView(database, wal, header, frames, pages[0]);
        return pages[0] > 0 ? view : view.withPages(view.countedPages());
    }

    private PinnedView withPages(long count) {
        return new PinnedView(database, wal, header, frames, count);
    }

    /// Without a commit in the WAL the database file is all there is, and says in page 1 how long it is.
    private long countedPages() throws IOException {
        ByteBuffer page = ByteBuffer.allocate(header.pageSize());
        database.read(page, 0);
        long counted = Integer.toUnsignedLong(page.getInt(PAGE_COUNT_OFFSET));
        return counted > 0 ? counted : database.size() / header.pageSize();
    }

    int pageSize() {
        return header.pageSize();
    }

    /// Returns how many pages the database had.
    long pages() {
        return pages;
    }

    /// Reads a page; one that was never written is zeros.
    ///
    /// @param target gets it; as many bytes remain in it as a page has
    void read(long pgno, ByteBuffer target) throws IOException {
        long frame = frames.find(pgno);
        if (frame >= 0) {
            wal.page(header, frame, target);
            return;
        }
        database.read(target, (pgno - 1) * header.pageSize());
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
    }
}
