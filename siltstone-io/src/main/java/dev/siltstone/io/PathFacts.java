package dev.siltstone.io;

import java.time.Instant;

/// What a name in a file system leads to.
///
/// @param isFile whether it is a regular file
/// @param isDirectory whether it is a directory
/// @param bytes size of the file
/// @param modified time of its last change
/// @param names how many names lead to it, this one included; 1 where the file system does not tell
public record PathFacts(
        boolean isFile, boolean isDirectory, long bytes, Instant modified, int names) {}
