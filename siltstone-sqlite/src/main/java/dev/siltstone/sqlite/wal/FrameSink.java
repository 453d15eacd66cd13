package dev.siltstone.sqlite.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Takes the frames that [WalReader] has checked, in their order.
@FunctionalInterface
public interface FrameSink {
    /// Takes one frame.
    ///
    /// @param frame its number, from 1
    /// @param pgno the page it holds
    /// @param commitPages pages of the database after the commit that it ends; 0 if it ends none
    /// @param page the page's bytes, all remaining; valid until this call returns, not to be changed
    /// @throws IOException ends the reading and goes to the caller
    void frame(long frame, long pgno, long commitPages, ByteBuffer page) throws IOException;
}
