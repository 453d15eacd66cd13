package dev.siltstone.sqlite.wal;

/// What lies at the start of a `-wal` file.
public sealed interface WalHeaderFound {
    /// A header with the right checksum.
    record Valid(WalHeader header) implements WalHeaderFound {}

    /// The file is too short to hold a header: SQLite truncated it, or has not yet written to it.
    ///
    /// @param bytes of the file, 0 to 31
    record Absent(long bytes) implements WalHeaderFound {}

    /// There are enough bytes, but they are no header. SQLite writes the header without a lock that a reader
    /// of the file could see, so reading it once more may help; SQLite itself takes such a log for empty.
    ///
    /// @param filePosition of the field that is wrong
    record Damaged(long filePosition, String reason, String expected, String actual)
            implements WalHeaderFound {}
}
