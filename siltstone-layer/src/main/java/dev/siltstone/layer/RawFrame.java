package dev.siltstone.layer;

/// A frame that a push made or remembers.
///
/// @param rawBytes 1 to 4 MiB
/// @param repeat how often it stands there in a row; more than 1 in holes only
public record RawFrame(Digest digest, int rawBytes, long repeat) {}
