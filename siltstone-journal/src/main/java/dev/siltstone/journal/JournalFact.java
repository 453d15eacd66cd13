package dev.siltstone.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/// What [JournalInspection] tells about a file, in the order it lies there. `End`, `Torn` and `Damaged` are
/// the last of their file.
public sealed interface JournalFact {
    /// Returns the file the fact is about.
    Path file();

    /// The file's header, which is valid.
    ///
    /// @param start position of the first batch
    /// @param capacityBytes size of the file
    /// @param recycled whether its unused rest may hold old bytes
    /// @param last whether it is the newest of its directory: only there can a batch be torn
    record Header(
            Path file,
            long start,
            long salt,
            long logId,
            long capacityBytes,
            boolean recycled,
            boolean last)
            implements JournalFact {}

    /// A whole batch with valid checksums; its entries follow.
    ///
    /// @param durableEnd position before which everything was forced when this was written
    /// @param entries their number; 0 in a tail mark
    record Batch(
            Path file,
            long position,
            long filePosition,
            long durableEnd,
            int entries,
            long batchBytes)
            implements JournalFact {
        public boolean isTailMark() {
            return entries == 0;
        }
    }

    /// One entry of the batch before it; its checksum is valid.
    ///
    /// @param payload valid only during the call
    record Entry(Path file, long position, long filePosition, ByteBuffer payload)
            implements JournalFact {}

    /// Nothing was written from here on.
    ///
    /// @param afterMark whether the last batch is a tail mark: the writer was idle or closed the journal
    record End(Path file, long position, long filePosition, boolean afterMark)
            implements JournalFact {}

    /// The last batch is not whole, and was never known to be durable: the next start cuts it. In a file that
    /// is being written at this moment it may be whole a moment later.
    record Torn(Path file, long position, long filePosition, long bytes, String reason)
            implements JournalFact {}

    /// What was durable is not what was written: the journal stays shut.
    record Damaged(
            Path file,
            long position,
            long filePosition,
            String reason,
            String expected,
            String actual)
            implements JournalFact {}
}
