package dev.siltstone.sqlite.wal;

import java.nio.ByteOrder;

/// The header of a `-wal` file: one generation of the log, from one restart to the next.
///
/// @param wordOrder in which the checksums read their 32-bit words; everything else is big-endian
/// @param pageSize bytes of a page, a power of two from 512 to 65536
/// @param checkpointSequence counts restarts, but only within one connection: it proves nothing
/// @param salt1 one more than in the generation before, or random
/// @param salt2 random per generation
/// @param checksum1 first word of the header's checksum, which seeds the first frame's
/// @param checksum2 second word of it
public record WalHeader(
        ByteOrder wordOrder,
        int pageSize,
        int checkpointSequence,
        int salt1,
        int salt2,
        int checksum1,
        int checksum2) {
    public WalHeader {
        if (!WalFormat.isPageSize(pageSize)) {
            throw new IllegalArgumentException("page size " + pageSize);
        }
    }

    /// Says whether the other header begins the same generation.
    public boolean isSameGeneration(WalHeader other) {
        return salt1 == other.salt1 && salt2 == other.salt2 && pageSize == other.pageSize;
    }

    /// Returns the place before the first frame.
    public WalPosition start() {
        return new WalPosition(this, 0, checksum1, checksum2);
    }

    /// Returns the bytes of a frame, its header included.
    public int frameBytes() {
        return WalFormat.FRAME_HEADER_BYTES + pageSize;
    }

    /// Returns the file position of a frame; frames count from 1.
    public long filePosition(long frame) {
        return WalFormat.HEADER_BYTES + (frame - 1) * frameBytes();
    }
}
