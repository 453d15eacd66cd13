package dev.siltstone.sqlite.ltx;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The header of a LTX file. It may have been decoded from anything; [#check(String)] and [#isValid()] say
/// whether it is possible.
///
/// @param flags [LtxFormat#FLAG_NO_CHECKSUM] or 0
/// @param pageSize bytes of a page, a power of two from 512 to 65536
/// @param commit pages of the database after the last transaction, unsigned 32 bits
/// @param min the first transaction; 1 makes the file a snapshot
/// @param max the last transaction
/// @param timestampMillis when the last transaction was seen, since 1970
/// @param preApplyChecksum of the database before the first transaction; 0 in snapshots and without checksums
/// @param walOffset file position in the `-wal` file where the copied frames begin; 0 if they were not copied
///     from there
/// @param walSize bytes of the frames copied
/// @param walSalt1 of the frames copied
/// @param walSalt2 of the frames copied
/// @param nodeId of whoever wrote the file, 0 if nobody says
public record LtxHeader(
        int flags,
        int pageSize,
        long commit,
        Txid min,
        Txid max,
        long timestampMillis,
        long preApplyChecksum,
        long walOffset,
        long walSize,
        int walSalt1,
        int walSalt2,
        long nodeId) {

    /// Returns a header without database checksums, as Litestream demands it, and without a WAL.
    public static LtxHeader of(
            int pageSize, long commit, Txid min, Txid max, long timestampMillis) {
        int flags = LtxFormat.FLAG_NO_CHECKSUM;
        return new LtxHeader(flags, pageSize, commit, min, max, timestampMillis, 0, 0, 0, 0, 0, 0);
    }

    /// Returns this header with where the frames came from.
    public LtxHeader withWal(long offset, long size, int salt1, int salt2) {
        return new LtxHeader(
                flags,
                pageSize,
                commit,
                min,
                max,
                timestampMillis,
                preApplyChecksum,
                offset,
                size,
                salt1,
                salt2,
                nodeId);
    }

    /// Returns this header with database checksums. Litestream cannot restore such files.
    ///
    /// @param preApply checksum before the first transaction; 0 for a snapshot
    public LtxHeader withChecksums(long preApply) {
        return new LtxHeader(
                flags & ~LtxFormat.FLAG_NO_CHECKSUM,
                pageSize,
                commit,
                min,
                max,
                timestampMillis,
                preApply,
                walOffset,
                walSize,
                walSalt1,
                walSalt2,
                nodeId);
    }

    /// Says whether the file begins at the first transaction, so that it must hold the whole database. (A
    /// full image with another first transaction is none to the format.)
    public boolean isSnapshot() {
        return min.equals(Txid.FIRST);
    }

    /// Says whether the file carries no database checksums.
    public boolean noChecksum() {
        return (flags & LtxFormat.FLAG_NO_CHECKSUM) != 0;
    }

    /// Returns the page that holds SQLite's lock bytes and is never in a file.
    public long lockPage() {
        return LtxFormat.lockPage(pageSize);
    }

    /// Returns the name that the file goes by.
    public LtxName name() {
        return new LtxName(min, max);
    }

    /// Says whether the header is possible.
    public boolean isValid() {
        return wrong().isEmpty();
    }

    /// Checks that the header is possible.
    ///
    /// @param file whose header this is, for the message
    /// @throws LtxDamagedException naming the first field that is not
    public void check(String file) throws LtxDamagedException {
        Optional<Wrong> wrong = wrong();
        if (wrong.isPresent()) {
            throw wrong.get().in(file);
        }
    }

    Optional<Wrong> wrong() {
        Wrong wrong = wrongSizes();
        if (wrong == null) {
            wrong = wrongTransactions();
        }
        if (wrong == null) {
            wrong = wrongWal();
        }
        return Optional.ofNullable(wrong == null ? wrongChecksum() : wrong);
    }

    private @Nullable Wrong wrongSizes() {
        if ((flags & ~LtxFormat.FLAG_NO_CHECKSUM) != 0) {
            return new Wrong(4, "header flags", "0 or 2", Integer.toHexString(flags));
        }
        if (!LtxFormat.isPageSize(pageSize)) {
            String expected = "a power of two from 512 to 65536";
            return new Wrong(8, "page size", expected, Integer.toUnsignedString(pageSize));
        }
        return null;
    }

    private @Nullable Wrong wrongTransactions() {
        if (min.isZero()) {
            return new Wrong(16, "first transaction", "at least 1", min.toString());
        }
        if (max.isBefore(min)) {
            return new Wrong(24, "last transaction", "at least " + min, max.toString());
        }
        return null;
    }

    private @Nullable Wrong wrongWal() {
        if (walOffset < 0) {
            return new Wrong(48, "WAL offset", "at least 0", Long.toString(walOffset));
        }
        if (walSize < 0) {
            return new Wrong(56, "WAL size", "at least 0", Long.toString(walSize));
        }
        if (walOffset == 0 && (walSize != 0 || walSalt1 != 0 || walSalt2 != 0)) {
            String actual =
                    "offset 0, size %d, salts %08x %08x".formatted(walSize, walSalt1, walSalt2);
            return new Wrong(48, "WAL offset", "an offset with that size and salts", actual);
        }
        return null;
    }

    private @Nullable Wrong wrongChecksum() {
        boolean none = isSnapshot() || noChecksum();
        boolean right = none ? preApplyChecksum == 0 : (preApplyChecksum & PageChecksum.FLAG) != 0;
        if (right) {
            return null;
        }
        String expected =
                none
                        ? "0 in a snapshot or a file without checksums"
                        : "a checksum with its highest bit set";
        return new Wrong(
                40, "database checksum before", expected, PageChecksum.text(preApplyChecksum));
    }
}
