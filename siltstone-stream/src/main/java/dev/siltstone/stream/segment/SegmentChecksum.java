package dev.siltstone.stream.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC-32C of bytes behind the stamp of their segment and their file position, so that bytes of another
/// segment or of another place never pass.
///
/// Not thread-safe.
final class SegmentChecksum {
    private static final int SEED_BYTES = Integer.BYTES + Long.BYTES;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(SEED_BYTES);

    SegmentChecksum(int stamp) {
        seed.putInt(0, stamp);
    }

    /// Returns the checksum of all remaining bytes, which stay remaining.
    int of(long filePosition, ByteBuffer bytes) {
        crc.reset();
        seed.putLong(Integer.BYTES, filePosition);
        crc.update(seed.array(), 0, SEED_BYTES);
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
