package dev.siltstone.sqlite.ltx;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// Decompresses LZ4 blocks; failures name the place.
final class LzBlock {
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.fastestInstance().safeDecompressor();

    private LzBlock() {}

    /// Decompresses a block that lies in a window.
    ///
    /// @param offset from the window's next byte to the block
    /// @param room bytes that it may become at most
    /// @return bytes that it became
    static int decompress(
            InputWindow in, int offset, int length, ByteBuffer target, int targetAt, int room)
            throws LtxDamagedException {
        try {
            return DECOMPRESSOR.decompress(
                    in.view(), in.at() + offset, length, target, targetAt, room);
        } catch (LZ4Exception e) {
            throw in.damaged(
                    offset,
                    "a LZ4 block",
                    "one that becomes up to " + room + " bytes",
                    length + " bytes that do not (" + e.getMessage() + ")");
        }
    }
}
