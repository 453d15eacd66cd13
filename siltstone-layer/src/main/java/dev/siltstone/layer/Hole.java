package dev.siltstone.layer;

/// A part of a file that has no blocks and reads as zeros.
///
/// @param start byte of the file's data
/// @param bytes at least 1
public record Hole(long start, long bytes) {
    public Hole {
        if (start < 0 || bytes < 1 || start + bytes < 0) {
            throw new IllegalArgumentException("hole of %d bytes at %d".formatted(bytes, start));
        }
    }

    public long end() {
        return start + bytes;
    }
}
