package dev.siltstone.layer;

/// What holds for every frame: a part of a tar, or a page of a manifest, that is packed by itself and addressed by
/// the SHA-256 of its raw bytes. Packed it is one frame of zstd with content size and checksum, so that packed
/// frames one after the other are a `.tar.zst`.
final class Frames {
    /// No frame is larger unpacked.
    static final int RAW_BYTES_MAX = 4 << 20;

    /// What a hole is made of: the zeros frame, of which nothing is ever read.
    static final int ZEROS_BYTES = RAW_BYTES_MAX;

    private static final Digest ZEROS = Hash.of(new byte[ZEROS_BYTES]);

    private Frames() {}

    static Digest zeros() {
        return ZEROS;
    }
}
