package dev.siltstone.sqlite.ltx;

import dev.siltstone.io.Disk;
import java.nio.file.Path;

/// Where [LtxWriter] puts the page index of a large file until the pages are written: about 3 bytes per page
/// beyond the first million. The file exists only while it is needed; what a crash leaves is overwritten.
///
/// @param file a name for this writer alone
public record IndexSpill(Disk disk, Path file) {}
