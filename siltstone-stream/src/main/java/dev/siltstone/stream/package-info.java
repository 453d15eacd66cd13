/// Streams: segments, state, catalog, reads, settling. Usable embedded, without HTTP.
@NullMarked
package dev.siltstone.stream;

import org.jspecify.annotations.NullMarked;
