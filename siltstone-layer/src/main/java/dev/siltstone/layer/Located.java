package dev.siltstone.layer;

/// A frame and where it lies.
///
/// @param rawBytes of the frame unpacked, 1 to [Frames#RAW_BYTES_MAX]
/// @param offset of its first byte in the pack
/// @param bytes that it takes there
record Located(Digest digest, int rawBytes, PackKey pack, int offset, int bytes) {
    int end() {
        return offset + bytes;
    }
}
