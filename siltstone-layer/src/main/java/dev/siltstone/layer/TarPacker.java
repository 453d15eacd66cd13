package dev.siltstone.layer;

import java.io.IOException;
import java.io.OutputStream;

/// Packs a tar that is no layer's own into a `.tar.zst`, and computes the digests of both.
///
/// Not thread-safe. Leaves the target open.
public final class TarPacker extends OutputStream {
    private static final int LEVEL = 3;

    private final OutputStream target;
    private final FrameCodec codec = new FrameCodec(LEVEL);
    private final byte[] raw = new byte[Frames.RAW_BYTES_MAX];
    private final byte[] packed = new byte[FrameCodec.packedBytesMax(Frames.RAW_BYTES_MAX)];
    private final Hash diff = new Hash();
    private final Hash blob = new Hash();
    private int used;
    private long tarBytes;
    private long blobBytes;

    public TarPacker(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        int at = start;
        int left = length;
        while (left > 0) {
            int part = Math.min(left, raw.length - used);
            System.arraycopy(bytes, at, raw, used, part);
            used += part;
            at += part;
            left -= part;
            if (used == raw.length) {
                pack();
            }
        }
    }

    private void pack() throws IOException {
        if (used > 0) {
            int bytes = codec.pack(raw, 0, used, packed);
            target.write(packed, 0, bytes);
            diff.add(raw, 0, used);
            blob.add(packed, 0, bytes);
            tarBytes += used;
            blobBytes += bytes;
            used = 0;
        }
    }

    /// Ends it, once.
    public Exported end() throws IOException {
        pack();
        return new Exported(diff.end(), tarBytes, blob.end(), blobBytes);
    }

    @Override
    public void close() {
        codec.close();
    }
}
