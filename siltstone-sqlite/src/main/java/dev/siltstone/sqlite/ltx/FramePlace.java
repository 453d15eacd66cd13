package dev.siltstone.sqlite.ltx;

/// Where a page lies in a file.
///
/// @param filePosition of its frame
/// @param bytes of its frame
public record FramePlace(long filePosition, long bytes) {}
