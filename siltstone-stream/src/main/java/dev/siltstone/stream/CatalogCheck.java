package dev.siltstone.stream;

import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.wal.WalFrame;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalReader;
import dev.siltstone.sqlite.wal.WalScan;
import dev.siltstone.stream.CatalogSumsFormat.Sums;
import dev.siltstone.stream.CatalogSumsFormat.WalPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;

/// Compares the files of a catalog that nobody has open with its sums: SQLite does not notice flipped bits in pages,
/// and takes the frames behind a flipped bit of the WAL for never written.
///
/// - Every page that the WAL does not replace must have its sum.
/// - If the sums contain frames of the WAL's generation, all of those must be valid: pages of the database are from
///   after them, and the WAL would bring back some, not all, of the older ones.
/// - Frames that the sums do not contain may end in a torn transaction, but only the last one can be torn: what
///   precedes a whole one was forced before it began.
///
/// A flip in that last transaction looks like a torn one and is cut by SQLite, which leaves the transaction before:
/// an older recovery point, whose journal files are there, or are not and then the log stays shut.
final class CatalogCheck {
    /// The page that holds this byte is SQLite's for locks and never written.
    private static final long LOCK_BYTE = 0x4000_0000L;

    private static final int BUFFER_BYTES = 1 << 17;

    private final CatalogFiles files;
    private final Consumer<CatalogDamagedException> damage;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    /// Pages of which the WAL has a newer image.
    private final BitSet replaced = new BitSet();

    /// Of the database with the WAL; 0 if the WAL does not say.
    private long pagesWithWal;

    /// @param tornWal whether the WAL ends in a transaction that is not whole
    record Result(Sums sums, boolean tornWal) {}

    /// @param damage is told what is wrong; may throw it
    CatalogCheck(CatalogFiles files, Consumer<CatalogDamagedException> damage) {
        this.files = files;
        this.damage = damage;
    }

    /// Reads everything.
    ///
    /// @throws CatalogDamagedException if the sums themselves are damaged or missing
    Result run() throws IOException {
        if (!files.disk().exists(files.database())) {
            throw new CatalogDamagedException(files.database(), "is missing");
        }
        if (!files.disk().exists(files.sums())) {
            throw new CatalogDamagedException(
                    files.sums(), "is missing; it has the checksums of " + files.database());
        }
        Sums sums = files.readSums();
        boolean torn = files.disk().exists(files.wal()) && checkWal(sums.wal());
        checkPages(sums);
        return new Result(sums, torn);
    }

    private void damaged(Path file, String wrong) {
        damage.accept(new CatalogDamagedException(file, wrong));
    }

    /// @return whether it ends in a transaction that is not whole
    private boolean checkWal(WalPart summed) throws IOException {
        try (DiskFile file = files.disk().openForReading(files.wal())) {
            WalReader reader = new WalReader(file, buffer);
            return switch (reader.header()) {
                case WalHeaderFound.Absent _ -> false;
                case WalHeaderFound.Damaged(var at, var reason, var expected, var actual) -> {
                    damaged(files.wal(), wrong(at, reason, expected, actual));
                    yield false;
                }
                case WalHeaderFound.Valid(WalHeader header) -> checkFrames(reader, header, summed);
            };
        }
    }

    private boolean checkFrames(WalReader reader, WalHeader header, WalPart summed)
            throws IOException {
        WalScan scan = reader.scan(header.start());
        long whole = scan.lastCommit().frame();
        boolean torn = scan.tail() instanceof WalScan.Torn;
        if (isOf(summed, header) && whole < summed.frames()) {
            damaged(
                    files.wal(),
                    "%s; %d frames of it are in %s already"
                            .formatted(wrong(scan), summed.frames(), files.database()));
        } else if (scan.tail() instanceof WalScan.Torn(var frame, _, _, _, _, var framesFollow)
                && framesFollow
                && isBeforeForced(reader, header, frame)) {
            damaged(files.wal(), wrong(scan) + "; a later transaction was forced after it");
        }
        reader.read(
                header.start(),
                whole,
                (_, pgno, commitPages, _) -> {
                    replaced.set((int) pgno);
                    pagesWithWal = commitPages == 0 ? pagesWithWal : commitPages;
                });
        return torn || scan.lastValid().frame() > whole;
    }

    private static boolean isOf(WalPart summed, WalHeader header) {
        return summed.frames() > 0
                && summed.salt1() == header.salt1()
                && summed.salt2() == header.salt2();
    }

    /// Says whether a transaction ends at `frame` or behind it, and another one was written after that.
    private static boolean isBeforeForced(WalReader reader, WalHeader header, long frame)
            throws IOException {
        boolean committed = false;
        for (long number = frame; ; number++) {
            Optional<WalFrame> next = reader.frame(header, number);
            if (next.isEmpty() || (number > frame && !next.get().isOf(header))) {
                return false;
            }
            if (committed) {
                return true;
            }
            committed = next.get().commitPages() != 0;
        }
    }

    private static String wrong(WalScan scan) {
        return scan.tail() instanceof WalScan.Torn torn
                ? "frame %d: %s"
                        .formatted(
                                torn.frame(),
                                wrong(
                                        torn.filePosition(),
                                        torn.reason(),
                                        torn.expected(),
                                        torn.actual()))
                : "is whole up to frame %d only, file position %d"
                        .formatted(scan.lastCommit().frame(), scan.lastCommit().filePosition());
    }

    private static String wrong(long filePosition, String reason, String expected, String actual) {
        return "file position %d: %s: expected %s, actual %s"
                .formatted(filePosition, reason, expected, actual);
    }

    private void checkPages(Sums sums) throws IOException {
        int pageSize = sums.pageSize();
        try (DiskFile file = files.disk().openForReading(files.database())) {
            long size = file.size();
            long pages = Math.max(Math.max(sums.pages().length, pagesWithWal), size / pageSize);
            if (size % pageSize != 0) {
                damaged(
                        files.database(),
                        "has %d bytes, which are not whole pages of %d".formatted(size, pageSize));
            }
            for (long first = 1; first <= pages; first += BUFFER_BYTES / pageSize) {
                buffer.clear();
                int read = file.read(buffer, (first - 1) * pageSize);
                for (int at = 0; at < BUFFER_BYTES && first + at / pageSize <= pages; ) {
                    int end = Math.min(at + pageSize, Math.max(at, read));
                    checkPage(sums, first + at / pageSize, buffer.clear().limit(end).position(at));
                    at += pageSize;
                }
            }
        }
    }

    private void checkPage(Sums sums, long pgno, ByteBuffer page) {
        long at = (pgno - 1) * sums.pageSize();
        if (replaced.get((int) pgno) || at == LOCK_BYTE / sums.pageSize() * sums.pageSize()) {
            return;
        }
        if (pgno > sums.pages().length) {
            if (pagesWithWal == 0 || pgno <= pagesWithWal) {
                damaged(
                        files.database(),
                        "page %d at file position %d: there are sums of %d pages only"
                                .formatted(pgno, at, sums.pages().length));
            }
            return;
        }
        int expected = sums.pages()[(int) pgno - 1];
        int actual = CatalogSumsFormat.sum(page);
        if (page.remaining() < sums.pageSize()) {
            damaged(
                    files.database(),
                    "page %d at file position %d: the file ends after %d bytes of it"
                            .formatted(pgno, at, page.remaining()));
        } else if (expected != actual) {
            damaged(
                    files.database(),
                    "page %d at file position %d: crc32c expected %08x, actual %08x"
                            .formatted(pgno, at, expected, actual));
        }
    }
}
