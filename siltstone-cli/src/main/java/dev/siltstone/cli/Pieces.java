package dev.siltstone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts an input into pieces of bounded size: one, if it fits.
///
/// Not thread-safe.
final class Pieces {
    private static final int CODE_POINT_BYTES_MAX = 4;

    private final InputStream in;
    private final int pieceBytesMax;
    private final boolean text;
    private byte[] ahead = {};
    private boolean last;

    /// @param text whether the pieces of UTF-8 should end between code points
    Pieces(InputStream in, int pieceBytesMax, boolean text) {
        this.in = in;
        this.pieceBytesMax = pieceBytesMax;
        this.text = text;
    }

    /// Reads the next piece; not to be called after the last. Blocks until the piece is full or the
    /// input ends.
    ///
    /// @return at least one byte, unless the whole input is empty
    byte[] next() throws IOException {
        byte[] read = in.readNBytes(pieceBytesMax + 1 - ahead.length);
        byte[] all = Arrays.copyOf(ahead, ahead.length + read.length);
        System.arraycopy(read, 0, all, ahead.length, read.length);
        last = all.length <= pieceBytesMax;
        int end = last ? all.length : cut(all);
        ahead = Arrays.copyOfRange(all, end, all.length);
        return Arrays.copyOf(all, end);
    }

    /// Says whether the input ended with the piece that [#next] returned last.
    boolean wasLast() {
        return last;
    }

    private int cut(byte[] all) {
        for (int end = pieceBytesMax; text && end > pieceBytesMax - CODE_POINT_BYTES_MAX; end--) {
            boolean continues = end < 1 || (all[end] & 0xc0) == 0x80;
            if (!continues) {
                return end;
            }
        }
        return pieceBytesMax;
    }
}
