package dev.siltstone.layer;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.util.zip.CRC32C;

/// Packs frames and unpacks them; the one place that knows zstd.
///
/// Not thread-safe; one per thread, native memory until it is closed.
final class FrameCodec implements Closeable {
    private final ZstdCompressCtx compress = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();
    private final Hash hash = new Hash();

    /// @param level of zstd, 1 to 19
    FrameCodec(int level) {
        compress.setLevel(level);
        compress.setChecksum(true);
        compress.setContentSize(true);
    }

    /// For reading only.
    FrameCodec() {
        this(3);
    }

    Digest digest(byte[] raw, int start, int length) {
        return hash.digest(raw, start, length);
    }

    static int packedBytesMax(int rawBytes) {
        return (int) Zstd.compressBound(rawBytes);
    }

    /// Packs a frame.
    ///
    /// @param target has room for [#packedBytesMax(int)]
    /// @return how many bytes it took
    int pack(byte[] raw, int start, int length, byte[] target) {
        return compress.compressByteArray(target, 0, target.length, raw, start, length);
    }

    /// Unpacks a frame of a pack and proves that it is what the index tells, packed and unpacked.
    ///
    /// @param packed holds the frame's packed bytes from `start` on
    /// @throws LayerDamagedException if it is not
    byte[] unpack(PackFormat.Row row, byte[] packed, int start) throws LayerDamagedException {
        Located frame = row.frame();
        String object = frame.pack().toString();
        CRC32C crc = new CRC32C();
        crc.update(packed, start, frame.bytes());
        if ((int) crc.getValue() != row.crc()) {
            throw new LayerDamagedException(
                    object,
                    frame.offset(),
                    "checksum of packed frame " + frame.digest(),
                    "%08x".formatted(row.crc()),
                    "%08x".formatted((int) crc.getValue()));
        }
        return unpack(
                object,
                frame.offset(),
                frame.digest(),
                frame.rawBytes(),
                packed,
                start,
                frame.bytes());
    }

    /// Unpacks a frame and proves that it is the one that was asked for.
    ///
    /// @param position of the frame in the object, for messages
    /// @throws LayerDamagedException if it is not
    byte[] unpack(
            String object,
            long position,
            Digest expected,
            int rawBytes,
            byte[] packed,
            int start,
            int length)
            throws LayerDamagedException {
        long told = Zstd.getFrameContentSize(packed, start, length);
        if (told != rawBytes) {
            throw new LayerDamagedException(
                    object,
                    position,
                    "size of frame " + expected,
                    rawBytes + " bytes",
                    told < 0 ? "no frame of zstd" : told + " bytes");
        }
        byte[] raw = new byte[rawBytes];
        try {
            int unpacked = decompress.decompressByteArray(raw, 0, rawBytes, packed, start, length);
            Digest actual = hash.digest(raw, 0, unpacked);
            if (unpacked == rawBytes && actual.equals(expected)) {
                return raw;
            }
            throw new LayerDamagedException(
                    object, position, "content of a frame", "" + expected, "" + actual);
        } catch (ZstdException e) {
            throw new LayerDamagedException(
                    object,
                    position,
                    "frame " + expected,
                    "a frame that can be unpacked",
                    "" + e.getMessage());
        }
    }

    @Override
    public void close() {
        compress.close();
        decompress.close();
    }
}
