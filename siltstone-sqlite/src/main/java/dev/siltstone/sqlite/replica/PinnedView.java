package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalPosition;
import dev.siltstone.sqlite.wal.WalRead;
import dev.siltstone.sqlite.wal.WalReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A database as it was after a certain commit: pages from the WAL where it has them, from the database file
/// else. Valid while a holder keeps the WAL from restarting and its frames from being copied beyond that commit.
///
/// Why the database file may be read meanwhile: a page that a checkpoint changes in it has its frame, of that
/// commit or before, in the WAL, and is read from there.
///
/// Any thread may read, one at a time; the reader of the WAL must be its own.
final class PinnedView implements Closeable {
    private final DiskFile database;
    private final WalFile file;
    private final WalReader wal;
    private final Pin pin;
    private final WalHeader header;
    private final PageMap frames;
    private final long pages;

    private PinnedView(
            DiskFile database,
            WalFile file,
            WalHeader header,
            PageMap frames,
            long pages,
            Pin pin) {
        this.database = database;
        this.file = file;
        this.wal = file.reader();
        this.header = header;
        this.frames = frames;
        this.pages = pages;
        this.pin = pin;
    }

    /// Looks through the WAL from its first frame up to a commit.
    ///
    /// If another generation has begun meanwhile, all of this one is in the database file: the holder found it so
    /// at its begin (else it would have kept the WAL from restarting), and keeps that file from changing since.
    ///
    /// @param file the `-wal` file, for this view alone while it is read; [#close()] closes it
    /// @param end the place behind the commit
    /// @param pages of the database after it
    /// @param pin told when the holder is gone
    static PinnedView of(WalFile file, DiskFile database, WalPosition end, long pages, Pin pin)
            throws IOException {
        WalReader wal = file.reader();
        WalHeader header = end.header();
        PageMap frames = new PageMap();
        WalRead read =
                wal.read(
                        header.start(),
                        end.frame(),
                        (frame, pgno, commitPages, page) -> frames.put(pgno, frame));
        return switch (read) {
            case WalRead.Reached(WalPosition reached, long _) when reached.equals(end) ->
                    new PinnedView(database, file, header, frames, pages, pin);
            case WalRead.Damaged damaged -> {
                wal.readUnchecked(
                        damaged.position(),
                        end.frame(),
                        (frame, pgno, commitPages, page) -> frames.put(pgno, frame));
                yield new PinnedView(database, file, header, frames, pages, pin);
            }
            case WalRead.Restarted _ ->
                    new PinnedView(database, file, header, new PageMap(), pages, pin);
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

    /// Reads pages with consecutive numbers, at once where no frame of the WAL lies between.
    ///
    /// @param target gets them; its remaining bytes are those of whole pages
    void readAll(long first, ByteBuffer target) throws IOException {
        int pageSize = header.pageSize();
        int end = target.limit();
        long pgno = first;
        while (target.position() < end) {
            int from = target.position();
            if (frames.find(pgno) >= 0) {
                read(pgno, target.limit(from + pageSize));
            } else {
                int count = 1;
                while (from + (count + 1) * pageSize <= end && frames.find(pgno + count) < 0) {
                    count++;
                }
                database.read(target.limit(from + count * pageSize), (pgno - 1) * (long) pageSize);
                while (target.hasRemaining()) {
                    target.put((byte) 0);
                }
            }
            pgno += (target.position() - from) / pageSize;
        }
        target.limit(end);
    }

    /// Makes sure that everything read so far belongs to one state.
    void requireHeld() throws LostHoldException {
        pin.requireHeld();
    }

    /// Ends the reading: the holder may be renewed.
    @Override
    public void close() throws IOException {
        pin.release();
        file.close();
    }
}
