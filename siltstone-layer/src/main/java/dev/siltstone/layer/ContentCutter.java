package dev.siltstone.layer;

/// Cuts data by what it is (a gear hash, normalized as FastCDC does): of two files that share a part, most frames
/// of that part are the same, wherever it lies.
///
/// | | |
/// |---|---|
/// | hash | `h = 2 h + gear[byte]`, from 0 at byte [#BYTES_MIN] of the frame on |
/// | gear | 256 words: SplitMix64 from seed `0x53494C5453544F4E` |
/// | a frame ends after a byte where | the upper 22 bits of `h` are 0, up to [#BYTES_NORMAL]; the upper 18 after it; and at [#BYTES_MAX] |
///
/// Stateless, thread-safe.
final class ContentCutter {
    static final int BYTES_MIN = 1 << 18;
    static final int BYTES_NORMAL = 1 << 20;
    static final int BYTES_MAX = Frames.RAW_BYTES_MAX;

    private static final long MASK_BEFORE = -1L << 64 - 22;
    private static final long MASK_AFTER = -1L << 64 - 18;
    private static final long SEED = 0x53494C5453544F4EL;
    private static final long[] GEAR = gear();

    private ContentCutter() {}

    private static long[] gear() {
        long[] gear = new long[256];
        for (int i = 0; i < gear.length; i++) {
            gear[i] = Cuts.mix(SEED + (i + 1) * 0x9E3779B97F4A7C15L);
        }
        return gear;
    }

    /// Returns how many bytes the next frame has, of `length` that are there; `length` if none ends before it.
    ///
    /// @param length at most [#BYTES_MAX]
    static int cut(byte[] data, int start, int length) {
        int normal = start + Math.min(length, BYTES_NORMAL);
        int end = start + length;
        long hash = 0;
        int at = start + Math.min(length, BYTES_MIN);
        while (at < normal) {
            hash = (hash << 1) + GEAR[data[at++] & 0xff];
            if ((hash & MASK_BEFORE) == 0) {
                return at - start;
            }
        }
        while (at < end) {
            hash = (hash << 1) + GEAR[data[at++] & 0xff];
            if ((hash & MASK_AFTER) == 0) {
                return at - start;
            }
        }
        return length;
    }
}
