package dev.siltstone.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A stretch of the tar on its way through a push: frames one after the other, some with their bytes, some known.
///
/// Handed from the thread that reads to a worker and back; owned by one at a time.
final class FrameBatch {
    /// Bytes of a batch's buffer: two frames of the largest kind.
    static final int BYTES = 2 * Frames.RAW_BYTES_MAX;

    /// One frame of it.
    static final class Item {
        final List<FrameEntry> entries;
        final int start;
        final int length;
        final long repeat;
        final Consumer<RawFrame> told;
        @Nullable Digest digest;
        FrameTable.@Nullable Known known;

        /// A frame whose bytes are in the buffer.
        Item(List<FrameEntry> entries, int start, int length, Consumer<RawFrame> told) {
            this.entries = entries;
            this.start = start;
            this.length = length;
            this.repeat = 1;
            this.told = told;
        }

        /// A frame that is not read.
        Item(
                List<FrameEntry> entries,
                RawFrame frame,
                FrameTable.@Nullable Known known,
                Consumer<RawFrame> told) {
            this.entries = entries;
            this.start = -1;
            this.length = frame.rawBytes();
            this.repeat = frame.repeat();
            this.told = told;
            this.digest = frame.digest();
            this.known = known;
        }

        boolean hasBytes() {
            return start >= 0;
        }
    }

    final byte[] buffer;
    final List<Item> items = new ArrayList<>();
    final List<Runnable> whenDrained = new ArrayList<>();
    int used;

    FrameBatch(byte[] buffer) {
        this.buffer = buffer;
    }

    int room() {
        return buffer.length - used;
    }
}
