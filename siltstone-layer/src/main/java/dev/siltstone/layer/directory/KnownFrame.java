package dev.siltstone.layer.directory;

import dev.siltstone.layer.Digest;

/// A frame that the last push of a directory made.
///
/// @param rawBytes of the frame
/// @param entries that begin in it; 0 for a frame of a large file's data
/// @param repeat how often it stands there in a row
/// @param dataFrames that follow with the data of its last entry, a large file; else 0
record KnownFrame(Digest digest, int rawBytes, int entries, long repeat, long dataFrames) {}
