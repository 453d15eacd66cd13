package dev.siltstone.layer;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/// Unpacks the tars of others: with zstd or gzip, told by their first bytes, or not packed at all.
public final class TarUnpacker {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAGIC_BYTES = 4;

    private TarUnpacker() {}

    /// @param packed is closed with the stream that is returned
    public static InputStream open(InputStream packed) throws IOException {
        BufferedInputStream in = new BufferedInputStream(packed, BUFFER_BYTES);
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return new BufferedInputStream(new ZstdInputStream(in), BUFFER_BYTES);
        }
        if (startsWith(magic, 0x1f, 0x8b)) {
            return new GZIPInputStream(in, BUFFER_BYTES);
        }
        return in;
    }

    private static boolean startsWith(byte[] bytes, int... wanted) {
        boolean starts = bytes.length >= wanted.length;
        for (int i = 0; starts && i < wanted.length; i++) {
            starts = (bytes[i] & 0xff) == wanted[i];
        }
        return starts;
    }
}
