package dev.siltstone.sqlite.ltx;

import java.util.Arrays;

/// What is remembered of the frames of a file to recognise their index entries: a CRC over page numbers and
/// sizes of each 1024 frames, 8 bytes instead of the entries.
///
/// Not thread-safe.
final class EntryHashes {
    static final int GROUP = 1024;

    private long[] hashes = new long[8];
    private long count;
    private long open = Crc64.START;

    void add(long pgno, long frameBytes) {
        open = add(open, pgno, frameBytes);
        count++;
        if (count % GROUP == 0) {
            close(group(count - 1));
            open = Crc64.START;
        }
    }

    static long add(long state, long pgno, long frameBytes) {
        return Crc64.updateBigEndian(Crc64.updateBigEndian(state, pgno, 5), frameBytes, 4);
    }

    /// Returns the number of frames.
    long count() {
        return count;
    }

    /// Returns the hash of the group that ends with the frame of that number, counted from 1: of a whole
    /// group, or of the last frames.
    long upTo(long frame) {
        return frame == count && count % GROUP != 0 ? open : hashes[group(frame - 1)];
    }

    private void close(int group) {
        if (group == hashes.length) {
            hashes = Arrays.copyOf(hashes, group * 2);
        }
        hashes[group] = open;
    }

    private static int group(long frame) {
        return (int) (frame / GROUP);
    }
}
