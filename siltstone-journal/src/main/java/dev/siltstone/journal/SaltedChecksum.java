package dev.siltstone.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC-32C of bytes together with the salt of their file and their position, so that bytes of another
/// file, of another place, or of a file's earlier life never pass.
///
/// Not thread-safe.
final class SaltedChecksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(16);

    SaltedChecksum(long salt) {
        seed.putLong(0, salt);
    }

    /// Returns the checksum of all remaining bytes, which stay remaining.
    int of(long position, ByteBuffer bytes) {
        begin(position);
        add(bytes);
        return value();
    }

    int ofNothing(long position) {
        begin(position);
        return value();
    }

    void begin(long position) {
        crc.reset();
        seed.putLong(8, position);
        crc.update(seed.array(), 0, 16);
    }

    void add(ByteBuffer bytes) {
        crc.update(bytes.duplicate());
    }

    int value() {
        return (int) crc.getValue();
    }

    /// Returns the checksum of all remaining bytes, without salt or position.
    static int plain(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
