package dev.siltstone.sqlite.wal;

/// How far [WalReader#read] came. Every frame up to [#position()] was checked and handed on.
public sealed interface WalRead {
    /// Returns the place behind the last frame that was handed on.
    WalPosition position();

    /// All frames were read.
    ///
    /// @param commitPages pages of the database at this place; 0 if the last frame read ends no commit
    record Reached(WalPosition position, long commitPages) implements WalRead {}

    /// The file is another generation's by now, so a frame that was expected is gone.
    ///
    /// @param now what lies at the start of the file now: another generation's header, or none
    record Restarted(WalPosition position, WalHeaderFound now) implements WalRead {}

    /// The header is still that of the generation, but a frame is not what was written.
    ///
    /// @param frame its number
    /// @param filePosition of the field that is wrong
    record Damaged(
            WalPosition position,
            long frame,
            long filePosition,
            String reason,
            String expected,
            String actual)
            implements WalRead {}
}
