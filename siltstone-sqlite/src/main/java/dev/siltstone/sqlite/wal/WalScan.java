package dev.siltstone.sqlite.wal;

/// What [WalReader#scan] found in a file that nobody writes to.
///
/// @param lastCommit the place behind the last valid commit, or where the scan began
/// @param commitPages pages of the database at that place; 0 if there was no commit
/// @param lastValid the place behind the last valid frame, which may end no commit
/// @param tail what lies behind it
public record WalScan(WalPosition lastCommit, long commitPages, WalPosition lastValid, Tail tail) {
    /// What follows the last valid frame.
    public sealed interface Tail {}

    /// Nothing: the file ends there.
    public record End() implements Tail {}

    /// Frames that an earlier generation left, or space never written: no frame of this generation.
    public record Stale() implements Tail {}

    /// Something of this generation that is not whole.
    ///
    /// @param frame its number
    /// @param filePosition of what is wrong
    /// @param framesFollow whether later frames carry this generation's salts too: then it is rather damage
    ///     than a torn write, although a power failure can leave both
    public record Torn(
            long frame,
            long filePosition,
            String reason,
            String expected,
            String actual,
            boolean framesFollow)
            implements Tail {}
}
