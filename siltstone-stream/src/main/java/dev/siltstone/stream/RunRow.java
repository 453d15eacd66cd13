package dev.siltstone.stream;

/// Which bytes of a stream lie in which segment.
///
/// @param base wire byte of the stream at which the run begins
/// @param length bytes, at least 1
record RunRow(long streamId, long base, long length, long segmentId) {
    RunRow {
        if (base < 0 || length < 1) {
            throw new IllegalArgumentException(
                    "a run of stream %d at %d of %d bytes".formatted(streamId, base, length));
        }
    }

    /// Returns the wire byte behind the run.
    long end() {
        return base + length;
    }
}
