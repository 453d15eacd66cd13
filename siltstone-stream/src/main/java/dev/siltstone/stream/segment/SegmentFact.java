package dev.siltstone.stream.segment;

import java.nio.file.Path;

/// What [SegmentInspection] tells about a segment. `Header` is the first, unless it is damaged.
public sealed interface SegmentFact {
    /// Returns the file the fact is about.
    Path file();

    /// Header and footer, which are right.
    record Header(
            Path file,
            SegmentHeader header,
            long runs,
            long messages,
            long dataBytes,
            long fileBytes)
            implements SegmentFact {}

    /// A run whose row and marks are right.
    ///
    /// @param base wire byte at which it begins
    /// @param end wire byte at which it ends
    /// @param firstTime of its first append, milliseconds since 1970
    /// @param lastTime of its last append
    record Run(
            Path file, long key, long base, long end, long messages, long firstTime, long lastTime)
            implements SegmentFact {}

    /// Something is not what was written. What follows may still be right.
    record Damaged(Path file, long filePosition, String reason, String expected, String actual)
            implements SegmentFact {}
}
