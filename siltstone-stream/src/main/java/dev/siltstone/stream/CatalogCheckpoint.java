package dev.siltstone.stream;

import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.wal.WalFormat;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalPosition;
import dev.siltstone.sqlite.wal.WalRead;
import dev.siltstone.sqlite.wal.WalReader;
import dev.siltstone.stream.CatalogSumsFormat.Sums;
import dev.siltstone.stream.CatalogSumsFormat.WalPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Moves pages from the WAL to the database, and keeps the sums.
///
/// ```
///   read the WAL's frames, checked --> copy (PASSIVE) --> all copied? --> write the sums --> the WAL may begin anew
///                                                         | no
///                                                         '--> the sums stay, the WAL stays; next time
/// ```
///
/// SQLite begins the WAL anew at the next commit once all of it was copied, so no commit may come between the copy
/// and the sums: whoever commits asks [#isOwing] before. A crash between the two leaves the WAL, whose pages are not
/// compared at the start.
///
/// For whoever holds the catalog's lock.
final class CatalogCheckpoint {
    private static final int BUFFER_BYTES = 1 << 17;

    private final CatalogFiles files;
    private final CatalogConnection connection;
    private final PreparedStatement noop;
    private final PreparedStatement passive;
    private final PreparedStatement truncate;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private Sums sums;

    /// Of pages that were copied, and not yet written.
    private @Nullable Sums owed;

    CatalogCheckpoint(CatalogFiles files, CatalogConnection connection, Sums sums)
            throws IOException {
        this.files = files;
        this.connection = connection;
        this.sums = sums;
        this.noop = connection.prepare("PRAGMA wal_checkpoint(NOOP)");
        this.passive = connection.prepare("PRAGMA wal_checkpoint(PASSIVE)");
        this.truncate = connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private record Progress(boolean busy, long frames, long copied) {}

    /// Says whether [#run] must succeed before the next commit.
    boolean isOwing() {
        return owed != null;
    }

    /// Returns the bytes of the WAL that were not copied yet.
    long walBytes() throws IOException {
        Progress now = ask(noop);
        return Math.max(0, now.frames() - now.copied())
                * (WalFormat.FRAME_HEADER_BYTES + sums.pageSize());
    }

    /// Copies what no reader holds back, and writes the sums if that was all.
    ///
    /// @return whether all was copied
    /// @throws CatalogDamagedException if the WAL is not what was written
    /// @throws IOException if the sums could not be written: nothing may be committed until this was tried again
    boolean run() throws IOException {
        if (owed == null) {
            Progress before = ask(noop);
            if (before.frames() <= before.copied()) {
                return true;
            }
            Sums next = sumsWith(before.frames());
            Progress after = ask(passive);
            if (after.busy()
                    || after.frames() != before.frames()
                    || after.copied() < after.frames()) {
                return false;
            }
            owed = next;
        }
        Sums due = owed;
        files.writeSums(due);
        sums = due;
        owed = null;
        return true;
    }

    /// Does what [#run] does, and empties the WAL.
    ///
    /// @return whether that could be done: readers may have been in the way
    boolean runAndTruncate() throws IOException {
        return run() && !ask(truncate).busy();
    }

    private Progress ask(PreparedStatement pragma) throws IOException {
        try (ResultSet row = pragma.executeQuery()) {
            return new Progress(row.getLong(1) != 0, row.getLong(2), row.getLong(3));
        } catch (SQLException e) {
            throw connection.failure(e);
        }
    }

    private Sums sumsWith(long frames) throws IOException {
        try (DiskFile file = files.disk().openForReading(files.wal())) {
            WalReader reader = new WalReader(file, buffer);
            if (!(reader.header() instanceof WalHeaderFound.Valid(WalHeader header))) {
                throw new CatalogDamagedException(files.wal(), "its header is damaged");
            }
            var pages = new Pages(Arrays.copyOf(sums.pages(), sums.pages().length));
            WalRead read = reader.read(header.start(), frames, pages::take);
            if (!(read instanceof WalRead.Reached(WalPosition end, _))) {
                throw new CatalogDamagedException(
                        files.wal(), "cannot be read up to frame %d: %s".formatted(frames, read));
            }
            return new Sums(
                    sums.pageSize(),
                    Arrays.copyOf(pages.sums, (int) pages.count),
                    new WalPart(
                            header.salt1(),
                            header.salt2(),
                            frames,
                            end.checksum1(),
                            end.checksum2()));
        }
    }

    /// The sums of pages, of which later ones replace earlier ones.
    private static final class Pages {
        private int[] sums;
        private long count;

        Pages(int[] sums) {
            this.sums = sums;
            this.count = sums.length;
        }

        void take(long frame, long pgno, long commitPages, ByteBuffer page) {
            int at = Math.toIntExact(pgno - 1);
            if (at >= sums.length) {
                sums = Arrays.copyOf(sums, Math.max(at + 1, sums.length + sums.length / 2));
            }
            sums[at] = CatalogSumsFormat.sum(page);
            count = commitPages == 0 ? count : commitPages;
        }
    }
}
