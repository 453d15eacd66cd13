package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The content of an open segment, block by block.
///
/// Thread-safe.
sealed interface Blocks permits PlainBlocks, PackedBlocks {
    /// Fills `target` with the content from a data position on, checked.
    void read(long dataPosition, ByteBuffer target) throws IOException;

    /// Returns the file position at which the content from a data position on lies as it is, all of it
    /// checked.
    ///
    /// @throws UnsupportedOperationException if it does not
    long verified(long dataPosition, long length) throws IOException;

    /// Checks one block.
    ///
    /// @throws SegmentDamagedException if it is damaged
    void verify(long block) throws IOException;
}
