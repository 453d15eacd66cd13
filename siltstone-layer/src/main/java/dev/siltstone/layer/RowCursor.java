package dev.siltstone.layer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Rows, one after the other.
///
/// Not thread-safe.
@FunctionalInterface
interface RowCursor {
    /// Returns the next row, or null after the last.
    ManifestReader.@Nullable Row next() throws IOException;
}
