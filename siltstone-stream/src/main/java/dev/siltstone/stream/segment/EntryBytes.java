package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// The bytes of entries: the journal file under a run index, which this package cannot read.
///
/// Thread-safe.
public interface EntryBytes {
    /// Fills `target` with the content of an entry from byte `offset` of it on.
    void read(RunEntry entry, int offset, ByteBuffer target) throws IOException;

    /// Returns the file position of the first byte of an entry's content.
    long filePosition(RunEntry entry) throws IOException;

    /// Opens the file for sending, see [RunSource#openForSending].
    @Nullable FileChannel openForSending() throws IOException;

    /// Returns the lengths of an entry's messages.
    int[] messageLengths(RunEntry entry) throws IOException;
}
