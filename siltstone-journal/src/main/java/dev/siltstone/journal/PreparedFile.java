package dev.siltstone.journal;

import dev.siltstone.io.DiskFile;
import java.nio.file.Path;

/// A file of full size that waits to become the journal's next.
///
/// @param path it has now
/// @param recycled whether it holds old bytes instead of zeros
record PreparedFile(DiskFile file, Path path, long capacity, boolean recycled) {}
