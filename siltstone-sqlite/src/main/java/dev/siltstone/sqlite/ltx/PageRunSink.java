package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Takes decoded pages, many at once where their numbers follow each other.
@FunctionalInterface
public interface PageRunSink {
    /// Takes the pages `firstPgno` to `firstPgno + count - 1`.
    ///
    /// @param pages their bytes, all remaining; valid until this call returns
    /// @param checksums their checksums, from index 0 on; valid until this call returns
    /// @throws IOException ends the decoding and goes to the caller
    void pages(long firstPgno, int count, ByteBuffer pages, long[] checksums) throws IOException;
}
