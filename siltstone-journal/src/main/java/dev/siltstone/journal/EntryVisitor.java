package dev.siltstone.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Is shown entries of a log, in order.
@FunctionalInterface
public interface EntryVisitor {
    /// One entry of a whole batch.
    ///
    /// @param position of the entry's header; unique and rising, not dense
    /// @param payload valid only during the call
    /// @throws IOException if the caller cannot make sense of it: nothing more is shown
    void entry(long position, ByteBuffer payload) throws IOException;
}
