package dev.siltstone.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/// What [JournalScan] finds next in a file. `End`, `Torn` and `Damaged` are the last of their file.
sealed interface Scanned {
    /// A whole, valid batch; its entries follow.
    record Batch(BatchHeader header) implements Scanned {}

    /// One entry of the batch before it.
    ///
    /// @param payload valid until the next call
    record Entry(long position, ByteBuffer payload) implements Scanned {}

    /// The log, or this file's part of it, ends here; what follows was never written.
    ///
    /// @param afterMark whether the last batch is a tail mark
    record End(long position, boolean afterMark) implements Scanned {}

    /// The last file's last batch is not whole, and nothing says that it ever was durable.
    ///
    /// @param bytes from `position` on that hold something of it
    record Torn(long position, long bytes, String reason) implements Scanned {}

    /// Something that was durable is not what was written.
    ///
    /// @param position of the batch, entry or byte
    record Damaged(
            Path file,
            long position,
            long filePosition,
            String reason,
            String expected,
            String actual)
            implements Scanned {
        /// Returns the same of a file that goes by another name than it was opened under.
        Damaged in(Path name) {
            return new Damaged(name, position, filePosition, reason, expected, actual);
        }
    }
}
