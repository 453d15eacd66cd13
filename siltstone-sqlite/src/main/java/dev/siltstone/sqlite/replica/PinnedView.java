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
    /// If another generation has begun meanwhile, all of this one is in the database file: the holder found it so
    /// at its begin (else it would have kept the WAL from restarting), and keeps that file from changing since.
    ///
    /// @param wal a reader of the `-wal` file for this view alone
    /// @param end the place behind the commit
    /// @param pages of the database after it
    static PinnedView of(WalReader wal, DiskFile database, WalPosition end, long pages)
            throws IOException {
        WalHeader header = end.header();
        PageMap frames = new PageMap();
        WalRead read =
                wal.read(
                        header.start(),
                        end.frame(),
                        (frame, pgno, commitPages, page) -> frames.put(pgno, frame));
        return switch (read) {
            case WalRead.Reached(WalPosition reached, long _) when reached.equals(end) ->
                    new PinnedView(database, wal, header, frames, pages);
            case WalRead.Damaged damaged -> {
                wal.readUnchecked(
                        damaged.position(),
                        end.frame(),
                        (frame, pgno, commitPages, page) -> frames.put(pgno, frame));
                yield new PinnedView(database, wal, header, frames, pages);
            }
            case WalRead.Restarted _ -> new PinnedView(database, wal, header, new PageMap(), pages);
            case WalRead.Reached _ ->
                    throw new LostHoldException("the WAL is not what was captured of it: " + read);
        };
    }

    /// Returns the header of the generation of the WAL that it was taken from.
    WalHeader wal() {
        return header;
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
